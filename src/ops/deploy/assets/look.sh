# What deploy must know of a host, printed as lines of `key value…`. Changes nothing.
# sh -s STATE UNIT PATH…   STATE: the folder of the transactions
set -u
export LC_ALL=C
state=$1 unit=$2
shift 2

date '+now %s'

for python in /usr/bin/python3 /usr/local/bin/python3 /usr/libexec/platform-python "$(command -v python3)"; do
  [ -x "$python" ] || continue
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' </dev/null 2>/dev/null) || continue
  echo "python $version $python"
  break
done

for program in firewall-cmd systemctl systemd-run flock sha256sum mktemp timeout; do
  path=$(command -v "$program") || continue
  # /bin is a link to /usr/bin on every host of today: the name that people expect.
  [ -x "/usr$path" ] && path=/usr$path
  echo "program $program $path"
done

echo "dropins $(systemctl show -p DropInPaths --value "$unit" </dev/null 2>/dev/null)"

# One `entry` a path, in the order they were asked for: type and mode in hexadecimal as in struct stat.
for path; do
  if [ -L "$path" ]; then
    stat -c 'entry %f %U:%G %Y' "$path"
    echo "target $(readlink "$path")"
  elif [ -e "$path" ]; then
    stat -c 'entry %f %U:%G %Y' "$path"
    if [ -f "$path" ] && [ "$(stat -c %s "$path")" -le 1048576 ]; then
      echo "content $(base64 -w0 <"$path")"
    fi
  else
    echo 'entry absent'
  fi
done

for manifest in "$state"/deploy-*/manifest; do
  [ -e "$manifest" ] || continue
  folder=${manifest%/manifest}
  for stage in armed restoring restored; do
    [ -e "$folder/$stage" ] || continue
    timer=$(systemctl is-active "${folder##*/}.timer" </dev/null)
    echo "transaction $stage $timer $(sed -n 's/^due //p' "$manifest") $folder"
    sed -n 's/^by /by /p' "$manifest"
    [ ! -e "$folder/told" ] || sed 's/^/told /' "$folder/told"
  done
done
