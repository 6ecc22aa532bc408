#compdef dp
# Completion of dp for zsh 5 and newer. What dp answers is offered as it is; nothing of it is run or expanded.
_dp() {
  local -a lines values shown
  local line
  lines=("${(@f)$(dp __complete zsh "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  if [[ $lines[1] == files ]]; then
    _files
    return
  fi
  for line in "${(@)lines[2,-1]}"; do
    values+=("${line%%$'\t'*}")
    shown+=("${line/$'\t'/  }")
  done
  (( $#values )) && compadd -l -V values -d shown -a values
}
if [[ $funcstack[1] == _dp ]]; then
  _dp "$@"
else
  compdef _dp dp
fi
