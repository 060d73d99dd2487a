-- Sends the requests of a file, one a line: method, path, token and body, with tabs between them.
--
--   wrk … -s bench/load.lua URL -- FILE random SEED     # any of them each time
--   wrk … -s bench/load.lua URL -- FILE sequence        # one after the other, over and over
--
-- Every request is put together before the clock starts, so that wrk itself costs little.
local requests, number, is_random = {}, 0, false

function init(args)
  is_random = args[2] == "random"
  math.randomseed(tonumber(args[3]) or 1)
  for line in io.lines(args[1]) do
    local method, path, token, body = line:match("^(%S+)\t(%S+)\t(%S*)\t(.*)$")
    local headers = {}
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
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
