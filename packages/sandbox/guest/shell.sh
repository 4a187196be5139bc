# A bash that keeps its state between commands: reads them, ended by a zero byte, and answers with their exit codes.
exec 200<&"$CACHALOT_IN" 201>&"$CACHALOT_OUT" 0</dev/null 2>&1
exec {CACHALOT_IN}<&- {CACHALOT_OUT}>&-
unset CACHALOT_IN CACHALOT_OUT
trap : INT
while :; do
  if ! IFS= read -r -d '' -u 200 cachalot_command; then
    # above 128 an interrupt came between two commands
    if [ $? -gt 128 ]; then continue; fi
    break
  fi
  eval "$cachalot_command" 200<&- 201>&-
  printf '%s\0' "$?" >&201
done
