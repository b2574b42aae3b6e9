// Runs libFuzzer on one of the targets: `AurelisFuzz TARGET [libFuzzer's arguments]`; `AurelisFuzz` names them.

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<Arguments>,
    _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that was chosen; written once, before anything runs.
nonisolated(unsafe) var chosen = FuzzTarget.all[0]

/// The name is libFuzzer's; its own `main`, which this program's takes the place of, wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    } catch {
        fatalError("\(chosen.name): \(error)")
    }
}

guard CommandLine.argc > 1, let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
    for target in FuzzTarget.all { print(target.name) }
    exit(CommandLine.argc > 1 ? 2 : 0)
}
chosen = target

// libFuzzer sees everything but the target's name.
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1
arguments[0] = CommandLine.unsafeArgv[0]
exit(runFuzzer(&count, &arguments, testOneInput))
