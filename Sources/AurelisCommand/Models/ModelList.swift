internal import Aurelis
internal import AurelisJSON

/// The models that can be asked, with the tasks that prefer them.
struct ModelList {
    private let entries: [Entry]

    private struct Entry {
        let model: ProviderModel
        let provider: ProviderID
        let tasks: [TaskType]
    }

    init(_ models: [(model: ProviderModel, provider: ProviderID)], routing: RoutingTable) {
        var served: Set<ModelID> = []
        for (model, _) in models { served.insert(model.id) }
        // The first choice of a task is the first of its row that anybody serves.
        var preferred: [ModelID: [TaskType]] = [:]
        for task in TaskType.allCases {
            guard let first = routing[task].first(where: served.contains) ?? routing.globalFallback else { continue }
            preferred[first, default: []].append(task)
        }
        // Of several providers of a model, the first is asked first.
        var seen: Set<ModelID> = []
        entries = models.map { model, provider in
            let isFirst = seen.insert(model.id).inserted
            return Entry(model: model, provider: provider, tasks: isFirst ? preferred[model.id] ?? [] : [])
        }
    }

    func table() -> TextTable {
        var table = TextTable([
            .init("model", folds: true), .init("provider"), .init("name there", folds: true, drops: .beforeBreaking),
            .init("first choice for", folds: true),
        ])
        for entry in entries {
            table.add(
                .init("\(entry.model.id)", .name),
                .init(entry.provider.rawValue),
                .init(entry.model.wireName),
                .init(entry.tasks.map(\.rawValue).joined(separator: ", "), .quiet)
            )
        }
        return table
    }

    func json() -> String {
        var json = JSONWriter()
        json.beginObject()
        json.array("models", entries) { entry, json in
            json.field("model", entry.model.id.canonical)
            json.field("provider", entry.provider.rawValue)
            json.field("wire_name", entry.model.wireName)
            json.key("first_choice_for")
            json.beginArray()
            for task in entry.tasks { json.string(task.rawValue) }
            json.endArray()
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
