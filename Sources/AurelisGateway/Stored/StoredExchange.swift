internal import Aurelis

/// One request of a client for files or batches, and the way its answer takes back.
struct StoredExchange {
    let request: StoredRequest
    let head: RequestHead
    /// What the request says beside its body, whose it is above all.
    let options: ModelCall.Options
    let requestID: RequestID
    /// The body; nil: it is passed on as it comes.
    let body: [UInt8]?

    /// Answers on the connection. Runs on the connection's event loop.
    func run(on connection: HTTPConnectionHandler, _ stored: StoredObjects?) async {
        do throws(ModelError) {
            guard let stored else { throw .noStorage }
            switch request {
            case .content(let id): try await send(stored.files.content(of: id, tenant: options.tenant), to: connection)
            case .uploadFile: connection.answerUpload(response(try await receive(connection, stored.files)))
            default: connection.answer(response(try await document(stored)))
            }
        } catch {
            let response = ErrorResponse.make(error, requestID: requestID)
            if request == .uploadFile { connection.answerUpload(response) } else { connection.answer(response) }
        }
    }

    private func document(_ stored: StoredObjects) async throws(ModelError) -> [UInt8] {
        let tenant = options.tenant
        let query = QueryItems(of: head.target)
        switch request {
        case .listFiles:
            let page = try query.page(upTo: 10_000, default: 10_000)
            return FileDocuments.list(try await stored.files.files(of: tenant, purpose: try query.purpose(), page))
        case .file(let id): return FileDocuments.file(try await stored.files.file(id, of: tenant))
        case .deleteFile(let id):
            try await stored.files.deleteFile(id, of: tenant)
            return FileDocuments.deleted(id)
        case .createBatch:
            if let refusal = ContentType.refusal(of: head) {
                throw .refused(415, refusal, code: "unsupported_media_type")
            }
            // Nobody sits and waits for a batch, unless somebody says so.
            let priority = head.priority == nil ? .batch : options.priority
            let order = try BatchOrder(reading: body ?? [], priority: priority)
            if let refusal = options.grant?.refusal(of: order.endpoint.part) { throw refusal }
            return BatchDocuments.batch(try await stored.batches.createBatch(order, by: tenant))
        case .listBatches:
            var page = try query.page(upTo: 100, default: 20)
            page.isAscending = false
            return BatchDocuments.list(try await stored.batches.batches(of: tenant, page))
        case .batch(let id): return BatchDocuments.batch(try await stored.batches.batch(id, of: tenant))
        case .cancelBatch(let id): return BatchDocuments.batch(try await stored.batches.cancelBatch(id, of: tenant))
        case .uploadFile, .content: return []
        }
    }

    private func response(_ body: [UInt8]) -> Response {
        Response(head: ResponseHead(requestID: requestID), body: body)
    }

    // MARK: - Content

    /// Takes a file in as it comes, no faster than it can be written.
    private func receive(
        _ connection: HTTPConnectionHandler,
        _ files: any FileStore
    ) async throws(ModelError) -> [UInt8] {
        var parser = MultipartParser(boundary: try boundary())
        var form = UploadForm()
        var upload: (any FileUpload)?
        if let body { parser.append(body) }
        while true {
            while let event = try next(&parser) {
                switch try form.take(event) {
                case .none: break
                case .begin: upload = try await files.beginUpload(by: options.tenant)
                case .write(let bytes): try await upload?.write(bytes)
                }
            }
            guard body == nil, let piece = try await connection.nextUploadPiece() else { break }
            parser.append(piece)
        }
        do { try parser.finish() } catch { throw .multipart(error) }
        let description = try form.description()
        guard let upload else { return [] }
        return FileDocuments.file(try await upload.finish(description))
    }

    private func next(_ parser: inout MultipartParser) throws(ModelError) -> MultipartParser.Event? {
        do { return try parser.next() } catch { throw .multipart(error) }
    }

    private func boundary() throws(ModelError) -> String {
        let type = HeaderParameters(parsing: Array((head.contentType ?? "").utf8)[...])
        guard head.contentEncoding == nil, type.value == "multipart/form-data" else {
            throw .refused(
                415,
                "send the file as a form: \"content-type: multipart/form-data\", not encoded",
                code: "unsupported_media_type"
            )
        }
        guard let boundary = type["boundary"], 1...70 ~= boundary.utf8.count else {
            throw .multipart(MultipartFailure(message: "Content-Type names no boundary of 1 to 70 characters"))
        }
        return boundary
    }

    /// Sends a file as it is read, no faster than the client takes it.
    private func send(
        _ file: (facts: StoredFile, content: any FileContent),
        to connection: HTTPConnectionHandler
    ) async throws(ModelError) {
        var head = ResponseHead(requestID: requestID)
        head.contentType = "application/octet-stream"
        guard connection.beginDownload(head, length: Int(file.facts.bytes)) else { return }
        var rest = file.facts.bytes
        while rest > 0, !Task.isCancelled {
            // The head is on its way: what goes wrong now can only be told by cutting the answer short.
            guard let piece = try? await file.content.next(), piece.count <= rest else { break }
            rest -= Int64(piece.count)
            switch connection.send(piece) {
            case .more: continue
            case .pause: await connection.pause()
            case .blocked: guard await connection.writable() else { return }
            case .gone: return
            }
        }
        connection.endDownload(isWhole: rest == 0)
    }
}

extension ModelError {
    /// The body is no form.
    fileprivate static func multipart(_ failure: MultipartFailure) -> ModelError {
        .refused(400, failure.message, code: "invalid_multipart")
    }
}
