internal import Foundation

/// The parser's script for bash with what it lacks: names of commands that are taken for files wherever a folder is called
/// the same, values behind `=`, and commands behind `help`.
enum BashCompletion {
    private static let registration = "complete -o filenames -F _aurelis aurelis"

    /// The script; as the parser wrote it where it is another one than this was written for.
    static func mended(_ script: String) -> String {
        guard let end = script.range(of: registration, options: .backwards) else { return script }
        var script = script
        script.replaceSubrange(end, with: wrapper)
        // Only what are names of files is marked and quoted as such.
        let adding = "__aurelis_add_completions() {\n"
        if let start = script.range(of: adding) { script.replaceSubrange(start, with: adding + marking) }
        return script
    }

    private static let marking = """
            case " ${*} " in
            *" -f "*|*" -d "*|*" -fX "*) compopt -o filenames 2>/dev/null ;;
            esac

        """

    private static let wrapper = """
        # Takes the line apart as the command does, and completes that: `--task=code` is `--task code`.
        _aurelis_complete() {
            local current="${2}" previous="${3}" before=''
            local -a words=()
            local -i index count="${COMP_CWORD}"
            [[ "${current}" = '=' ]] && current=''
            for ((index = 0; index < count; index++)); do
                # Where `=` ends a word, it is a word of its own.
                if [[ "${COMP_WORDS[index]}" = '=' && "${COMP_WORDS[index - 1]}" = --* ]]; then continue; fi
                words+=("${COMP_WORDS[index]}")
            done
            if [[ "${current}" = --*=* ]]; then
                before="${current%%=*}="
                words+=("${current%%=*}")
                current="${current#*=}"
            fi
            [[ "${previous}" = '=' || -n "${before}" ]] && previous="${words[${#words[@]} - 1]}"
            [[ "${COMP_WORDS[COMP_CWORD]}" = '=' ]] && previous="${words[${#words[@]} - 1]}"
            local is_help=false
            if [[ "${words[1]}" = help ]]; then
                is_help=true
                words=("${words[0]}" "${words[@]:2}")
                previous="${words[${#words[@]} - 1]}"
            fi
            words+=("${current}")
            local COMP_WORDS=("${words[@]}") COMP_CWORD="$((${#words[@]} - 1))"
            local COMP_LINE="${words[*]}"
            local COMP_POINT="${#COMP_LINE}"
            _aurelis "${1}" "${current}" "${previous}"
            # A directory is the beginning of a path.
            [[ "${#COMPREPLY[@]}" -eq 1 && "${COMPREPLY[0]}" = */ ]] && compopt -o nospace 2>/dev/null
            if "${is_help}"; then
                local -a commands=()
                local word
                for word in "${COMPREPLY[@]}"; do [[ "${word}" = -* ]] || commands+=("${word}"); done
                COMPREPLY=("${commands[@]}")
            elif [[ -n "${before}" ]]; then
                COMPREPLY=("${COMPREPLY[@]/#/${before}}")
            fi
        }

        complete -F _aurelis_complete aurelis
        """
}
