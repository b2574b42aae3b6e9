-- A chat request that is another one each time; a machine-readable line at the end.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer bench-client-key"
local head, tail = ([==[$body]==]):match('^(.-stands )(.*)$$')
local number = os.time() * 1000000

request = function()
    number = number + 1
    return wrk.format(nil, nil, nil, head .. string.format("%.0f", number) .. " " .. tail)
end

function done(summary, latency, _)
    print(string.format(
        '@ {"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "bad_status": %d, "broken": %d}',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    ))
end
