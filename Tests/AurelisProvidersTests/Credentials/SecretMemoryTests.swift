#if os(Linux)
    import Glibc
    import Testing

    @testable import AurelisProviders

    @Suite("Secrets in memory")
    struct SecretMemoryTests {
        @Test("a secret's pages are locked, left out of core dumps and zero in a forked child")
        func flags() throws {
            let secret = Secret("some-secret-0123456789")
            let flags = secret.withBytes { MemoryScan.flags(at: UInt(bitPattern: $0.baseAddress)) }
            #expect(flags.isSuperset(of: ["dd", "wf"]))
            // Another user than root may have no lock left to give.
            #expect(flags.contains("lo") || SecretMemory.status.unlocked > 0)
        }

        @Test("two secrets share no page, so that letting go of one unlocks no other")
        func pages() {
            let (one, other) = (Secret("one"), Secret("other"))
            let pages = [one, other].map { $0.withBytes { UInt(bitPattern: $0.baseAddress) / 4_096 } }
            #expect(pages[0] != pages[1])
        }

        @Test("room is zero, is filled in place, and is as long as asked for", arguments: [0, 1, 4_096, 5_000])
        func room(count: Int) {
            var bytes = SecretBytes(capacity: count)
            #expect(bytes.count == count)
            #expect(bytes.withBytes { $0.count == count && $0.allSatisfy { $0 == 0 } })
            bytes.withMutableBytes { for index in $0.indices { $0[index] = 7 } }
            #expect(bytes.withBytes { $0.allSatisfy { $0 == 7 } })
        }

        @Test("where nothing may be locked secrets are kept all the same, and it is told")
        func withoutLock() async {
            await #expect(processExitsWith: .success) {
                var limit = rlimit(rlim_cur: 0, rlim_max: 0)
                setrlimit(__rlimit_resource_t(8), &limit)  // RLIMIT_MEMLOCK
                // Root may lock whatever the limit.
                if getuid() == 0 { setuid(65_534) }
                let secret = Secret("some-secret-0123456789")
                #expect(secret.withText { $0 == "some-secret-0123456789" })
                #expect(SecretMemory.status.unlocked == 1)
                #expect(SecretMemory.status.description.contains("ulimit -l"))
            }
        }

        @Test("what a source had is nowhere in memory once it was let go of")
        func afterRelease() async {
            await #expect(processExitsWith: .success) {
                let folder = try TemporaryFolder()
                let names = ["file", "gh", "keyring", "stored"]
                let path = folder.path
                for (number, name) in names.enumerated() { Seed(number: UInt64(number)).write(to: "\(path)/\(name)") }
                mkdir("\(path)/bin", 0o700)
                try folder.write("bin/gh", "#!/bin/sh\nexec /bin/cat \(path)/gh\n", mode: 0o700)
                try folder.write("bin/secret-tool", "#!/bin/sh\nexec /bin/cat \(path)/keyring\n", mode: 0o700)
                let environment = ["PATH": "\(path)/bin", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"]
                let keyring = SystemKeyring.secretService(environment: environment)
                let item = KeyringItem(account: "openai", server: "https://api.openai.com")
                var sources: [(Int, CredentialSource)] = [
                    (0, .file("\(path)/file")),
                    (1, .gitHubCLI(environment: environment)),
                    (2, CredentialSource(name: "keyring", lifetime: nil) { keyring.read(item) }),
                ]
                // Sealed with a key file, and opened by a store that has not seen the plain text.
                let keys = StoreKeys(directory: path, keyring: keyring, passphrase: .file(environment: [:]))
                let sealing: () throws -> Void = {
                    guard case .found(let secret, _, _) = CredentialSource.file("\(path)/stored").read() else { return }
                    try CredentialStore(directory: path, keys: keys).put(secret, for: "openai", at: item.server)
                }
                try sealing()
                let store = CredentialStore(directory: path, keys: keys)
                sources.append(
                    (3, CredentialSource(name: "s", lifetime: nil) { store.find("openai", at: item.server) })
                )
                for (number, source) in sources {
                    let seed = Seed(number: UInt64(number))
                    let using: () -> Void = {
                        guard case .found(let secret, _, _) = source.read() else {
                            Issue.record("\(source.name) has nothing")
                            return
                        }
                        let credential = Credential(secret: secret, origin: "test")
                        _ = (
                            credential.secret.masked, GitHubToken.checksum(in: secret),
                            secret.isRepeated(in: "none of it")
                        )
                        // Also the proof that a copy would be found.
                        #expect(MemoryScan.occurrences(of: seed) == 1, "\(source.name), in use")
                    }
                    using()
                    #expect(MemoryScan.occurrences(of: seed) == 0, "\(source.name), after use")
                }
            }
        }
    }
#endif
