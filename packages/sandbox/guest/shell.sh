# A bash that keeps its state between commands. The channel (descriptor 250) brings a command and a secret, each ended
# by a zero byte; the reply is the secret and the exit code. What a command leaves behind must not change that:
# in POSIX mode no function stands in for trap, unset, set, eval; those named as the other builtins used here are
# dropped, as are DEBUG traps; [[ ]], while and assignments nothing can stand in for. What fails ends the shell.
exec 250<&"$CACHALOT_CHANNEL" 0</dev/null 2>&1
exec {CACHALOT_CHANNEL}<&-
unset CACHALOT_CHANNEL
trap : INT
while [[ -S /proc/self/fd/250 ]]; do
  if ! IFS= read -r -d '' -u 250 cachalot_command; then
    # above 128 an interrupt came between two commands
    if [[ $? -gt 128 ]]; then continue; else break; fi
  fi
  {
    unset POSIXLY_CORRECT
    if [[ $cachalot_shopts == *:expand_aliases:* ]]; then shopt -s expand_aliases; fi
    if [[ $cachalot_shopts != *:inherit_errexit:* ]]; then shopt -u inherit_errexit; fi
  } 2>/dev/null
  eval "$cachalot_options$cachalot_command" 250<&-
  {
    cachalot_status=$? cachalot_shopts=:$BASHOPTS: cachalot_options=
    if [[ $- == *e* ]]; then cachalot_options+=' -e'; fi
    if [[ $- == *u* ]]; then cachalot_options+=' -u'; fi
    if [[ $- == *v* ]]; then cachalot_options+=' -v'; fi
    if [[ $- == *x* ]]; then cachalot_options+=' -x'; fi
    cachalot_options="${cachalot_options:+set$cachalot_options; }"
    POSIXLY_CORRECT=y
    trap - DEBUG
    set +euvx
    trap : INT
    unset -f break continue eval set trap unset read printf shopt || break
    [[ -S /proc/self/fd/250 ]] || break
    IFS= read -r -d '' -u 250 cachalot_secret
  } 2>/dev/null
  printf '\0%s %s\0' "$cachalot_secret" "$cachalot_status" >&250
  unset cachalot_command cachalot_secret
done
