-- Asks for events by words as people type them: one word, the beginning of one, several, a phrase.
-- What is asked for is what `owambe demo` writes, so that many thousands of events match.
local asked = {
  "jollof", "jol", "market", "street+food", "live+band", "lagos", "free", "%22open+mic%22", "yoru",
  "repair+caf", "database+evening", "beginners", "film+club", "berlin+games", "wedding+kemi", "zzz",
}
local number = 0

function request()
  number = number + 1
  return wrk.format("GET", "/api/events/?q=" .. asked[number % #asked + 1])
end

function done(summary, latency)
  local errors = summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read
  io.write(string.format("%10.0f %10.2f %10.2f %10d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
end
