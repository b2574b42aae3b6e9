/// Small functions that do what they say, in the language that was asked for.
enum CodeSample {
    static func answer(
        _ topic: QuestionTopic,
        in language: CodeLanguage,
        by model: SimulatedModel,
        _ generator: inout SeededGenerator
    ) -> String {
        let task = topic.task ?? generator.pick(QuestionTopic.Task.allCases)
        let remark = generator.pick(remarks)
        return """
            ```\(language.rawValue)
            \(language.comment) simulated answer by \(model.id)
            \(source(task, in: language))
            ```

            \(description(of: task)) \(remark)
            """
    }

    private static let remarks = [
        "It allocates only what it returns.",
        "The running time is noted above; there is no hidden work.",
        "An empty input gives an empty result, and nothing traps.",
        "Add a test for the empty input, one element, and two equal elements.",
        "It has no dependencies, so it can be pasted as it is.",
    ]

    private static func description(of task: QuestionTopic.Task) -> String {
        switch task {
        case .words: "The function counts how often each word occurs, without regard to case, in one pass."
        case .fibonacci: "The function computes the n-th Fibonacci number by iteration, in linear time."
        case .search: "The function finds a value in a sorted array by halving, in logarithmic time."
        }
    }

    private static func source(_ task: QuestionTopic.Task, in language: CodeLanguage) -> String {
        switch task {
        case .words: wordCount(in: language)
        case .fibonacci: fibonacci(in: language)
        case .search: binarySearch(in: language)
        }
    }

    private static func wordCount(in language: CodeLanguage) -> String {
        switch language {
        case .swift:
            """
            func wordCounts(in text: String) -> [String: Int] {
                var counts: [String: Int] = [:]
                for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
                    counts[String(word), default: 0] += 1
                }
                return counts
            }
            """
        case .python:
            """
            import re
            from collections import Counter


            def word_counts(text: str) -> Counter[str]:
                return Counter(re.findall(r"[^\\W\\d_]+", text.lower()))
            """
        case .javaScript:
            """
            function wordCounts(text) {
              const counts = new Map();
              for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
                counts.set(word, (counts.get(word) ?? 0) + 1);
              }
              return counts;
            }
            """
        case .go:
            """
            func WordCounts(text string) map[string]int {
                counts := make(map[string]int)
                for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
                    counts[word]++
                }
                return counts
            }
            """
        case .rust:
            """
            use std::collections::HashMap;

            fn word_counts(text: &str) -> HashMap<String, usize> {
                let mut counts = HashMap::new();
                for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
                    *counts.entry(word.to_lowercase()).or_insert(0) += 1;
                }
                counts
            }
            """
        case .java:
            """
            static Map<String, Integer> wordCounts(String text) {
                Map<String, Integer> counts = new TreeMap<>();
                for (String word : text.toLowerCase().split("\\\\P{L}+")) {
                    if (!word.isEmpty()) counts.merge(word, 1, Integer::sum);
                }
                return counts;
            }
            """
        }
    }

    private static func fibonacci(in language: CodeLanguage) -> String {
        switch language {
        case .swift:
            """
            func fibonacci(_ n: Int) -> Int {
                var (current, next) = (0, 1)
                for _ in 0..<max(n, 0) { (current, next) = (next, current + next) }
                return current
            }
            """
        case .python:
            """
            def fibonacci(n: int) -> int:
                current, following = 0, 1
                for _ in range(n):
                    current, following = following, current + following
                return current
            """
        case .javaScript:
            """
            function fibonacci(n) {
              let [current, next] = [0n, 1n];
              for (let i = 0; i < n; i++) [current, next] = [next, current + next];
              return current;
            }
            """
        case .go:
            """
            func Fibonacci(n int) int {
                current, next := 0, 1
                for i := 0; i < n; i++ {
                    current, next = next, current+next
                }
                return current
            }
            """
        case .rust:
            """
            fn fibonacci(n: u32) -> u64 {
                (0..n).fold((0, 1), |(current, next), _| (next, current + next)).0
            }
            """
        case .java:
            """
            static long fibonacci(int n) {
                long current = 0, next = 1;
                for (int i = 0; i < n; i++) {
                    long sum = current + next;
                    current = next;
                    next = sum;
                }
                return current;
            }
            """
        }
    }

    private static func binarySearch(in language: CodeLanguage) -> String {
        switch language {
        case .swift:
            """
            func position<Element: Comparable>(of value: Element, inSorted values: [Element]) -> Int? {
                var (low, high) = (0, values.count)
                while low < high {
                    let middle = low + (high - low) / 2
                    if values[middle] < value { low = middle + 1 } else { high = middle }
                }
                return low < values.count && values[low] == value ? low : nil
            }
            """
        case .python:
            """
            from bisect import bisect_left


            def position(values: list[int], value: int) -> int | None:
                index = bisect_left(values, value)
                return index if index < len(values) and values[index] == value else None
            """
        case .javaScript:
            """
            function position(values, value) {
              let low = 0, high = values.length;
              while (low < high) {
                const middle = (low + high) >>> 1;
                if (values[middle] < value) low = middle + 1; else high = middle;
              }
              return values[low] === value ? low : -1;
            }
            """
        case .go:
            """
            func Position(values []int, value int) (int, bool) {
                index := sort.SearchInts(values, value)
                return index, index < len(values) && values[index] == value
            }
            """
        case .rust:
            """
            fn position<T: Ord>(values: &[T], value: &T) -> Option<usize> {
                values.binary_search(value).ok()
            }
            """
        case .java:
            """
            static OptionalInt position(int[] values, int value) {
                int index = Arrays.binarySearch(values, value);
                return index >= 0 ? OptionalInt.of(index) : OptionalInt.empty();
            }
            """
        }
    }
}
