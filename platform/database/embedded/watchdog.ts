/**
 * A shell program that becomes PostgreSQL, after leaving behind a watcher that stops it when we are gone.
 *
 * Its standard input is a pipe whose other end only our process holds. The kernel closes that end however we
 * die, and the watcher then stops the server and removes its folders. The watcher is there before the server
 * is, so no instant is unguarded. It is a grandchild: the postmaster would puzzle over a child it never made.
 * After ten seconds it sends SIGQUIT, on which the postmaster kills its children within five. A dead server may
 * keep its process id until init collects it, so a lock file that is gone counts as well.
 *
 * Arguments: the server's lock file; the folders to remove in the end, one a line; PostgreSQL and its arguments.
 */
export const WATCHDOG = `
lock_file=$1 folders=$2; shift 2
watch() {
  trap '' HUP INT TERM
  read -r _
  kill -INT $$
  tries=0
  while kill -0 $$ && [ -e "$lock_file" ]; do
    if [ $tries -eq 100 ]; then kill -QUIT $$; sleep 6; break; fi
    sleep 0.1; tries=$((tries + 1))
  done
  IFS='
'
  set -f
  rm -rf -- $folders
}
exec 3<&0
(watch <&3 >/dev/null 2>&1 &)
exec "$@" 3<&- </dev/null
`
