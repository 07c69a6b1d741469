#!/bin/sh
# One deployment as a transaction on the host. What was there is kept first; every change is one verb of this
# script; what is not committed in time is put back, by a timer of systemd's when nobody else does it. So a link
# that is lost, wherever it is lost, leaves the host as it was or as it was meant to be.
#
# Its stage is the name of one file in its folder, changed by rename(2) so that two cannot both win:
#   armed -> committed        armed -> restoring -> restored        armed | restoring -> abandoned
# One verb runs at a time, under a lock. Nobody waits for the other end of the link while holding it: what comes
# over the link is read before. So the timer finds the lock free, or held for the bounded time of one step.
#
# Putting back goes on past whatever cannot be put back, and tells of it, as lines on stdout with tabs between:
#   aside FROM TO              not of this deployment, in the way: moved, not lost
#   wrong WHAT NAME REASON     WHAT: path, stop, start, disable, reload or firewall
#
# sh FOLDER/transaction VERB …
#   begin UNIT PORT ZONE SECONDS BY PATH…    keep what is there at PATH…, arm the timer
#   mkdir PATH MODE OWNER                    write PATH MODE OWNER SHA256 BYTES   (content on stdin)
#   chmod PATH MODE | chown PATH OWNER       systemctl VERB [UNIT]
#   commit                                   keep what is there now
#   restore | expire                         put back what was there; expire is the timer's
#   abandon                                  put back no more; what was kept stays
#   forget                                   remove a transaction that is over
#
# Exits 75 when the transaction is not open (any more), 76 when another one is, 77 when the timer cannot be armed.
set -u
umask 077
export LC_ALL=C

folder=$(cd "$(dirname "$0")" && pwd)
name=${folder##*/}
verb=$1
shift

say() { echo "$*" >&2; }
fact() { sed -n "s/^$1 //p" "$folder/manifest"; }
stage() { [ -e "$folder/$1" ]; }
# Where what was at $path is kept, by its place in the list and a name that people recognise.
kept() { echo "$folder/kept/$number-${path##*/}"; }
# A child must not hold the lock when this shell is gone.
service() { timeout -k 5 60 systemctl "$@" </dev/null 8>&- 9>&-; }
firewall() { timeout -k 5 20 firewall-cmd --quiet "$@" </dev/null 8>&- 9>&-; }
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }

begin() {
  unit=$1 port=$2 zone=$3 seconds=$4 by=$5
  shift 5
  exec 8>"${folder%/*}/lock"
  flock 8
  for other in "${folder%/*}"/deploy-*; do
    if [ -e "$other/armed" ] || [ -e "$other/restoring" ]; then
      say "another deployment is not over: $other"
      exit 76
    fi
  done
  mkdir "$folder/kept" || exit 1
  {
    echo "by $by"
    echo "due $(($(date +%s) + seconds))"
    echo "seconds $seconds"
    echo "unit $unit"
    echo "port $port"
    echo "zone $zone"
    echo "active $(service is-active "$unit" 2>/dev/null)"
    echo "enabled $(service is-enabled "$unit" 2>/dev/null)"
    echo "runtime $(port_state)"
    echo "permanent $(port_state --permanent)"
    number=0
    for path; do
      number=$((number + 1))
      if ! is_there "$path"; then
        echo "path absent $number $path"
      elif is_folder "$path"; then
        echo "path folder $number $path"
        stat -c '%a %U:%G' "$path" >"$(kept)" || exit 1
      elif [ -f "$path" ] || [ -L "$path" ]; then
        echo "path file $number $path"
        cp -a "$path" "$(kept)" || exit 1
      else
        say "$path is neither a file nor a folder"
        exit 1
      fi
    done
  } >"$folder/manifest" || exit 1
  : >"$folder/steps"
  sync
  # The timer first: one that fires without `armed` does nothing, `armed` without a timer would wait for ever.
  if ! timeout -k 5 60 systemd-run --quiet --collect --unit="$name" --on-active="${seconds}s" --timer-property=AccuracySec=1s \
    /bin/sh "$folder/transaction" expire </dev/null 8>&- 9>&-; then
    exit 77
  fi
  : >"$folder/armed"
}

# Whether the port is open in the firewall: `yes`, `no`, or `unknown` where nobody can tell.
port_state() {
  firewall "$@" ${zone:+"--zone=$zone"} --query-port="$port" >/dev/null 2>&1
  case $? in
    0) echo yes ;;
    1) echo no ;;
    *) echo unknown ;;
  esac
}

# What comes over the link, read before the lock is taken: a link that is lost without a word would keep it until
# sshd notices, hours later. It waits no longer than the transaction does, and reads no more than was announced.
receive() {
  upload=$folder/upload-$$
  trap 'rm -f "$upload"' EXIT
  timeout -k 5 "$(fact seconds)" head -c "$1" >"$upload"
}

# Whole or not at all, for every reader: a file beside it, checked, then renamed over it. A file made in its
# own folder also gets that folder's SELinux context.
write() {
  path=$1 mode=$2 owner=$3 digest=$4
  part=$(mktemp "${path%/*}/.$name.XXXXXX") || exit 1
  if cat "$upload" >"$part" && [ "$(sha256sum <"$part")" = "$digest  -" ] && chmod "$mode" "$part" &&
    chown "$owner" "$part" && sync "$part" && mv -fT "$part" "$path"; then
    return
  fi
  rm -f "$part"
  say "$path could not be written"
  exit 1
}

restore() {
  if stage armed; then
    mv "$folder/armed" "$folder/restoring" || exit 1
  elif ! stage restoring; then
    exit 75
  fi
  # Without it nothing is known of what was there: that is no success.
  grep -q '^permanent ' "$folder/manifest" || exit 1
  unit=$(fact unit) port=$(fact port) zone=$(fact zone)
  told=$(grep '^aside' "$folder/told" 2>/dev/null; put_back)
  if [ -n "$told" ]; then
    echo "$told"
    # For whoever looks later, when it was the timer.
    echo "$told" >"$folder/told"
  fi
  # Stays `restoring` then: it is tried again by the timer, and by the next deployment.
  if echo "$told" | grep -q '^wrong'; then exit 1; fi
  mv "$folder/restoring" "$folder/restored" || exit 1
  service stop "$name.timer" 2>/dev/null
  return 0
}

touched() { grep -Eq "$1" "$folder/steps"; }

put_back() {
  # Standard output is for what is told.
  exec 3>&1
  if touched '^systemctl (stop|start|restart) '; then
    # By the new unit's own lines, so that it also closes its port.
    reason=$(service stop "$unit" 2>&1)
    case $(service is-active "$unit" 2>/dev/null) in
      active | activating | reloading | deactivating) wrong stop "$unit" "$reason" ;;
    esac
  fi
  if touched '^systemctl enable ' && [ "$(fact enabled)" != enabled ]; then
    attempt disable "$unit" service disable --quiet "$unit"
  fi
  # Folders first from the outside in, then what is in them, then their modes.
  fact path | sort -k2,2n | while read -r kind number path; do
    [ "$kind" != folder ] || attempt path "$path" put_folder
  done
  fact path | sort -k2,2nr | while read -r kind number path; do
    attempt path "$path" put_path
  done
  if touched '^systemctl daemon-reload|^(write|chmod|chown) [^ ]*/systemd/'; then
    attempt reload "$unit" service daemon-reload
  fi
  if touched '^systemctl (stop|start|restart) '; then
    service reset-failed "$unit" 2>/dev/null
    case $(fact active) in
      active | activating | reloading) attempt start "$unit" service start "$unit" ;;
    esac
    attempt firewall "$port" put_port runtime
    attempt firewall "$port" put_port permanent --permanent
  fi
}

# What goes wrong is told, and what comes after it is done all the same.
attempt() {
  what=$1 subject=$2
  shift 2
  reason=$("$@" 2>&1)
  code=$?
  [ "$code" = 0 ] || wrong "$what" "$subject" "${reason:-exit $code}"
}

wrong() { printf 'wrong\t%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | tr '\n\t' '  ')" >&3; }

put_path() {
  rm -f "${path%/*}/.$name."*
  case $kind in
    absent)
      is_there "$path" || return 0
      if is_folder "$path"; then
        rmdir "$path" 2>/dev/null || move_aside
      elif ours; then
        rm -f "$path"
      else
        move_aside
      fi ;;
    folder)
      is_folder "$path" || return 0
      read -r mode owner <"$(kept)"
      chmod "$mode" "$path" && chown "$owner" "$path" ;;
    file)
      if is_there "$path" && ! ours && ! same; then move_aside || return 1; fi
      back=${path%/*}/.$name.back
      mkdir -p "${path%/*}" && cp -a "$(kept)" "$back" && mv -fT "$back" "$path" ;;
  esac
}

put_folder() {
  is_folder "$path" && return
  if is_there "$path"; then move_aside || return 1; fi
  mkdir -p "$path"
}

# Whether the file is one that this deployment wrote, as it wrote it.
ours() {
  [ -f "$path" ] && [ ! -L "$path" ] || return 1
  digest=$(sha256sum <"$path") || return 1
  grep -F " ${digest%% *} " "$folder/steps" | grep -Fq "write $path "
}

# Whether it holds what was there before.
same() {
  if [ -L "$path" ] || [ -L "$(kept)" ]; then
    [ -L "$path" ] && [ -L "$(kept)" ] && [ "$(readlink "$path")" = "$(readlink "$(kept)")" ]
  else
    [ -f "$path" ] && cmp -s "$path" "$(kept)"
  fi
}

# Out of the way and never lost: to a folder of its own that outlives this one; beside it where that has no room.
move_aside() {
  aside=${folder%/*}/aside-${name#deploy-}
  to=$aside/$number-${path##*/}
  while is_there "$to"; do to=$to+; done
  mkdir -p "$aside" && mv -T "$path" "$to" || {
    to=$path.$name
    mv -T "$path" "$to" || return 1
  }
  printf 'aside\t%s\t%s\n' "$path" "$to" >&3
}

put_port() {
  case $(fact "$1") in
    yes) action=--add-port=$port ;;
    no) action=--remove-port=$port ;;
    *) return 0 ;;
  esac
  shift
  firewall "$@" ${zone:+"--zone=$zone"} "$action"
}

commit() {
  mv "$folder/armed" "$folder/committed" 2>/dev/null || mv "$folder/restoring" "$folder/committed" 2>/dev/null || exit 75
  service stop "$name.timer" 2>/dev/null
  # What the last deployment replaced is kept; what earlier ones did is not, unless they could not put it back.
  for other in "${folder%/*}"/deploy-*; do
    [ "$other" = "$folder" ] || [ -e "$other/armed" ] || [ -e "$other/restoring" ] || [ -e "$other/abandoned" ] ||
      rm -rf "$other"
  done
}

abandon() {
  mv "$folder/restoring" "$folder/abandoned" 2>/dev/null || mv "$folder/armed" "$folder/abandoned" || exit 1
  service stop "$name.timer" 2>/dev/null
  return 0
}

if [ "$verb" = write ]; then
  stage armed || exit 75
  receive "$5"
fi
[ -d "$folder" ] || exit 75
exec 9>"$folder/lock"
flock 9
case $verb in
  begin) begin "$@" ;;
  commit) commit ;;
  expire) restore ;;
  abandon) abandon ;;
  restore)
    restore
    rm -rf "$folder" ;;
  forget) stage armed || stage restoring || rm -rf "$folder" ;;
  mkdir | write | chmod | chown | systemctl)
    stage armed || exit 75
    echo "$verb $*" >>"$folder/steps"
    case $verb in
      mkdir) install -d -m "$2" "$1" && chown "$3" "$1" ;;
      write) write "$@" ;;
      chmod) chmod "$2" "$1" ;;
      chown) chown -h "$2" "$1" ;;
      systemctl) service "$@" ;;
    esac ;;
  *) exit 2 ;;
esac
