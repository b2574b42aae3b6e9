internal import AurelisJSON

extension RequestLog {
    /// The log as `GET /_simulator/requests` shows it.
    func document(catalog: ModelCatalog) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + 256 * records.count)
        json.object { json in
            json.field("total", total)
            json.field("dropped", dropped)
            json.key("requests")
            json.array(of: records) { json, record in
                SimulatorLogEntry(record, catalog: catalog).write(to: &json)
            }
        }
        return json.bytes
    }
}

extension SimulatorLogEntry {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("sequence", sequence)
        json.field("time_ms", (time / .milliseconds(1) * 1_000).rounded() / 1_000)
        json.field("method", method)
        json.field("path", path)
        json.field("model", orNull: model)
        json.field("stream", stream)
        json.key("status")
        if let status { json.int(status) } else { json.null() }
        json.field("fault", orNull: fault)
        json.field("bytes_received", bytesReceived)
        json.field("finished", isFinished)
        json.field("client_disconnected", clientDisconnected)
        json.strings("header_names", headerNames)
        json.field("tag", orNull: tag)
        if let body { json.field("body", String(decoding: body, as: UTF8.self)) }
    }
}
