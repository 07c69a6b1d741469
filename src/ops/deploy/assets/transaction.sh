#!/bin/sh
# One deployment as a transaction on the host. What was there is kept first; every change is one verb of this
# script; what is not committed in time is put back, by a timer of systemd's when nobody else does it. So a link
# that is lost, wherever it is lost, leaves the host as it was or as it was meant to be.
#
# Its stage is the name of one file in its folder, changed by rename(2) so that two cannot both win:
#   armed -> committed            or            armed -> restoring -> restored
# One verb runs at a time, under a lock.
#
# sh FOLDER/transaction VERB …
#   begin UNIT PORT ZONE SECONDS BY PATH…    keep what is there at PATH…, arm the timer
#   mkdir PATH MODE OWNER                    write PATH MODE OWNER SHA256   (content on stdin)
#   chmod PATH MODE | chown PATH OWNER       systemctl VERB [UNIT]
#   commit                                   keep what is there now
#   restore | expire                         put back what was there; expire is the timer's
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
service() { timeout 60 systemctl "$@" </dev/null 9>&-; }
firewall() { timeout 20 firewall-cmd --quiet "$@" </dev/null 9>&-; }

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
      if [ ! -e "$path" ] && [ ! -L "$path" ]; then
        echo "path absent $number $path"
      elif [ -d "$path" ] && [ ! -L "$path" ]; then
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
  if ! systemd-run --quiet --collect --unit="$name" --on-active="${seconds}s" --timer-property=AccuracySec=1s \
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

# Whole or not at all, for every reader: a file beside it, checked, then renamed over it. A file made in its
# own folder also gets that folder's SELinux context.
write() {
  path=$1 mode=$2 owner=$3 digest=$4
  part=$(mktemp "${path%/*}/.$name.XXXXXX") || exit 1
  if cat >"$part" && [ "$(sha256sum <"$part")" = "$digest  -" ] && chmod "$mode" "$part" &&
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
  unit=$(fact unit) port=$(fact port) zone=$(fact zone)
  wrong=0
  touched() { grep -Eq "$1" "$folder/steps"; }

  if touched '^systemctl (stop|start|restart) '; then
    # By the new unit's own lines, so that it also closes its port.
    service stop "$unit" 2>/dev/null
  fi
  if touched '^systemctl enable ' && [ "$(fact enabled)" != enabled ]; then
    service disable --quiet "$unit" || wrong=1
  fi
  fact path | sort -k2,2nr | while read -r kind number path; do
    rm -f "${path%/*}/.$name."*
    case $kind in
      absent)
        if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path" 2>/dev/null; else rm -f "$path"; fi ;;
      folder)
        read -r mode owner <"$(kept)"
        chmod "$mode" "$path" && chown "$owner" "$path" ;;
      file)
        cp -a "$(kept)" "${path%/*}/.$name.back" && mv -fT "${path%/*}/.$name.back" "$path" ;;
    esac || { say "$path could not be put back"; : >"$folder/wrong"; }
  done
  if touched '^systemctl daemon-reload|^(write|chmod|chown) [^ ]*/systemd/'; then
    service daemon-reload || wrong=1
  fi
  if touched '^systemctl (stop|start|restart) '; then
    service reset-failed "$unit" 2>/dev/null
    case $(fact active) in
      active | activating | reloading)
        service start "$unit" || { say "$unit was running and could not be started again"; wrong=1; } ;;
    esac
    put_port runtime && put_port permanent --permanent || { say "the firewall could not be put back"; wrong=1; }
  fi
  if [ "$wrong" = 1 ] || [ -e "$folder/wrong" ]; then
    # Stays `restoring`, so that the next deployment says so and tries again.
    rm -f "$folder/wrong"
    exit 1
  fi
  mv "$folder/restoring" "$folder/restored"
  service stop "$name.timer" 2>/dev/null
  return 0
}

put_port() {
  case $(fact "$1") in
    yes) action=--add-port=$port ;;
    no) action=--remove-port=$port ;;
    *) return 0 ;;
  esac
  shift
  firewall "$@" ${zone:+"--zone=$zone"} "$action" 2>/dev/null
}

commit() {
  mv "$folder/armed" "$folder/committed" 2>/dev/null || mv "$folder/restoring" "$folder/committed" 2>/dev/null || exit 75
  service stop "$name.timer" 2>/dev/null
  # What the last deployment replaced is kept; what earlier ones did is not.
  for other in "${folder%/*}"/deploy-*; do
    [ "$other" = "$folder" ] || [ -e "$other/armed" ] || [ -e "$other/restoring" ] || rm -rf "$other"
  done
}

exec 9>"$folder/lock"
flock 9
case $verb in
  begin) begin "$@" ;;
  commit) commit ;;
  expire) restore ;;
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
