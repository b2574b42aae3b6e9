-- One fixed chat request; a machine-readable line at the end.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer bench-client-key"
wrk.body = [==[$body]==]

function done(summary, latency, _)
    local errors = summary.errors
    print(string.format(
        '@ {"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "bad_status": %d, "broken": %d}',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout
    ))
end
