-- Sends the requests of a file, one a line: method, path, token, body and what kind of body, with tabs between
-- them. A body that begins with an @ names a file, which is sent.
--
--   wrk … -s bench/load.lua URL -- FILE random SEED     # any of them each time
--   wrk … -s bench/load.lua URL -- FILE sequence        # one after the other, over and over
--
-- Every request is put together before the clock starts, so that wrk itself costs little.
local requests, files, number, is_random = {}, {}, 0, false

local function content(body)
  local name = body:match("^@(.+)$")
  if not name then return body end
  if not files[name] then
    local file = assert(io.open(name, "rb"))
    files[name] = file:read("*a")
    file:close()
  end
  return files[name]
end

function init(args)
  is_random = args[2] == "random"
  math.randomseed(tonumber(args[3]) or 1)
  for line in io.lines(args[1]) do
    local method, path, token, body, kind = line:match("^(%S+)\t(%S+)\t(%S*)\t([^\t]*)\t(.*)$")
    local headers = {}
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if body ~= "" then headers["Content-Type"] = kind end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and content(body) or nil)
  end
end

function request()
  if is_random then return requests[math.random(#requests)] end
  number = number % #requests + 1
  return requests[number]
end

-- Numbers for a program: requests, microseconds in all, bytes, p50 and p99 in microseconds, and what went wrong.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), errors.status, errors.timeout,
    errors.connect + errors.read + errors.write))
end
