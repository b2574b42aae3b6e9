internal import Aurelis
internal import Logging

extension Logger {
    /// The same logger with `RedactingLogHandler` in front, for those that were made without it: nothing below this
    /// line logs past it.
    var redacting: Logger {
        guard !(handler is RedactingLogHandler) else { return self }
        var logger = self
        logger.handler = RedactingLogHandler(handler)
        return logger
    }
}
