# Completion of dp for bash 3.2 and newer. What dp answers is offered as it is; nothing of it is run or expanded.
_dp() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(dp __complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o bashdefault -o default -F _dp dp
