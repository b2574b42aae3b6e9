internal import AurelisJSON

/// Everything of a call that shapes its answer, as bytes: what `CacheKey` is the hash of.
///
/// The layout is specified in `Documentation/cache-key.md`; whoever changes it changes the version there and here.
enum CanonicalRequest {
    private static let version: StaticString = "aurelis cache key 2\n"

    /// - Parameter model: the model as the provider calls it on its wire.
    static func bytes(of call: ModelCall, provider: ProviderID, address: String, model: String) -> [UInt8] {
        var canonical = CanonicalJSON(prefix: version, capacity: call.body.bytes.count + 256)
        canonical.append(text: call.tenant)
        canonical.append(text: provider.rawValue)
        canonical.append(text: address)
        canonical.append(text: model)
        canonical.append(text: call.operation.rawValue)
        canonical.append(object: call.body.root, treatment: treatment)
        return canonical.bytes
    }

    /// What becomes of a member of the body: what nobody knows may shape the answer, so it counts.
    private static func treatment(of name: UnsafeBufferPointer<UInt8>) -> CanonicalJSON.Treatment {
        switch name.count {
        case 4 where name.isSame(as: "user"): .omitted
        // The name on the wire stands before the body.
        case 5 where name.isSame(as: "model"): .omitted
        case 5 where name.isSame(as: "store"): .omitted
        case 5 where name.isSame(as: "input"): .normalised
        case 6 where name.isSame(as: "stream"): .omitted
        case 8 where name.isSame(as: "messages"): .normalised
        case 8 where name.isSame(as: "metadata"): .restricted(shapingMetadata)
        case 12 where name.isSame(as: "service_tier"): .omitted
        case 14 where name.isSame(as: "stream_options"): .omitted
        case 16 where name.isSame(as: "prompt_cache_key"): .omitted
        case 17 where name.isSame(as: "safety_identifier"): .omitted
        case 22 where name.isSame(as: "prompt_cache_retention"): .omitted
        default: .verbatim
        }
    }

    /// The entries of `metadata` that callers shape answers by; the others are labels.
    private static let shapingMetadata: [StaticString] = [
        "language", "framework", "style", "complexity", "target_audience", "code_style", "documentation_format",
    ]
}
