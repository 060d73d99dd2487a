//! Nobody is shown what is over: every answer is as new as what was acknowledged before it was asked
//! for, and is its reader's own.

mod people;
mod stage;
mod writes;
