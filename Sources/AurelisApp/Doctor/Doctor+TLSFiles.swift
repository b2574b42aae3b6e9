internal import Aurelis
internal import AurelisTLS

extension Doctor {
    /// The two servers, by the section that configures them.
    var listeners: [(section: String, listener: Configuration.Listener)] {
        [("gateway", configuration.gateway.listener), ("admin", configuration.admin)]
    }

    /// Whether certificates and keys of the listeners fit together, and how long they last.
    func tlsFindings() -> [DoctorFinding] {
        let name = "tls files"
        let secured = listeners.compactMap { entry in entry.listener.tls.map { (entry.section, $0) } }
        guard !secured.isEmpty else { return [.init(name, .ok, "none is configured: connections are not encrypted")] }
        return secured.flatMap { section, tls in findings(of: tls, section) }
    }

    private func findings(of tls: TLSServerSettings, _ section: String) -> [DoctorFinding] {
        let name = "tls files"
        let until: Int64
        do throws(TLSFileError) {
            _ = try TLSListener.Prepared(tls)
            let validity = try TLSFile.validity(tls.certificateFile)
            let now = clock.secondsSinceEpoch
            guard validity.upperBound > now else {
                let message = "\(tls.certificateFile) has expired on \(Self.day(validity.upperBound))"
                return [.init(name, .fail, message, advice: "renew it; SIGHUP puts the new one into effect")]
            }
            guard validity.lowerBound <= now else {
                let message = "\(tls.certificateFile) is not valid before \(Self.day(validity.lowerBound))"
                return [.init(name, .fail, message, advice: "correct this machine's clock, or wait")]
            }
            until = validity.upperBound
        } catch {
            return [.init(name, .fail, error.description, advice: "correct \(section).tls")]
        }
        var findings: [DoctorFinding] = []
        let found = "\(section): \(tls.certificateFile) with its key, until \(Self.day(until))"
        if until - clock.secondsSinceEpoch < Self.certificateNotice {
            let advice = "renew it; SIGHUP puts the new one into effect"
            findings.append(.init(name, .warn, "\(found), which is soon", advice: advice))
        } else {
            findings.append(.init(name, .ok, found))
        }
        if let mode = FileLookup.mode(of: tls.keyFile), mode & 0o007 != 0 {
            let message = "\(tls.keyFile) is open to everybody (mode \(FileLookup.text(mode)))"
            findings.append(.init(name, .fail, message, advice: "chmod 600 \(tls.keyFile)"))
        }
        return findings
    }
}
