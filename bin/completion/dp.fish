# Completion of dp for fish 3 and newer. What dp answers is offered as it is; nothing of it is run or expanded.
function __dp_complete
    set -l before (commandline -opc)
    set -l answer (dp __complete fish $before[2..-1] (commandline -ct) 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path (commandline -ct)
    else if test (count $answer) -gt 1
        printf '%s\n' $answer[2..-1]
    end
end
complete --command dp --no-files --keep-order --arguments '(__dp_complete)'
