#if canImport(Security)
    internal import Foundation
    internal import Security

    extension SystemKeyring {
        /// The login keychain of macOS: generic passwords of the service `aurelis`.
        static var keychain: SystemKeyring {
            SystemKeyring(
                name: "system keyring (macOS Keychain)",
                read: { item in Keychain.find(item) },
                write: { secret, item, label in Keychain.keep(secret, as: item, label) },
                remove: { item in Keychain.remove(item) }
            )
        }
    }

    private enum Keychain {
        static func find(_ item: KeyringItem) -> CredentialSource.Finding {
            var query = self.query(item)
            query[kSecReturnData as String] = true
            query[kSecMatchLimit as String] = kSecMatchLimitOne
            var result: CFTypeRef?
            switch SecItemCopyMatching(query as CFDictionary, &result) {
            case errSecSuccess:
                // A copy of the system's, which is not ours to wipe.
                guard let data = result as? Data, !data.isEmpty else { return .failed("the item has no data") }
                return .found(Secret(data), origin: "the macOS Keychain")
            case errSecItemNotFound: return .absent("it holds none")
            case let status: return .failed(words(status))
            }
        }

        static func keep(_ secret: Secret, as item: KeyringItem, _ label: String) -> String? {
            let data = secret.withBytes { Data($0) }
            let change = [kSecValueData as String: data]
            var status = SecItemUpdate(query(item) as CFDictionary, change as CFDictionary)
            if status == errSecItemNotFound {
                var new = query(item)
                new[kSecValueData as String] = data
                new[kSecAttrLabel as String] = label
                status = SecItemAdd(new as CFDictionary, nil)
            }
            return status == errSecSuccess ? nil : words(status)
        }

        static func remove(_ item: KeyringItem) -> SystemKeyring.Removal {
            switch SecItemDelete(query(item) as CFDictionary) {
            case errSecSuccess: .removed
            case errSecItemNotFound: .absent
            case let status: .failed(words(status))
            }
        }

        private static func query(_ item: KeyringItem) -> [String: Any] {
            [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: "aurelis \(item.server)",
                kSecAttrAccount as String: item.account,
            ]
        }

        private static func words(_ status: OSStatus) -> String {
            (SecCopyErrorMessageString(status, nil) as String?) ?? "error \(status)"
        }
    }
#endif
