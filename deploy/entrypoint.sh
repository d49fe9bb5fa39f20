#!/bin/sh
# Before the command: the volume is made ours, and the signing keys, which a platform hands over as variables, become
# the files that the server reads (mode 0600). Root does only the first and is gone before our code starts.
set -eu

if [ "$(id -u)" = 0 ]; then
  chown doorstep:doorstep /data # a freshly mounted volume belongs to root
  exec setpriv --reuid=doorstep --regid=doorstep --init-groups --no-new-privs --inh-caps=-all -- "$0" "$@"
fi

umask 077
mkdir -p "$DOORSTEP_KEYS_DIR"
for name in $(env | sed -n 's/^\(ACCESS_KEY_[A-Z0-9_]*\)=.*/\1/p'); do
  eval "printf '%s\n' \"\$$name\"" > "$DOORSTEP_KEYS_DIR/access-${name#ACCESS_KEY_}.pem"
  unset "$name"
done
for name in $(env | sed -n 's/^\(CARD_KEY_[A-Z0-9_]*\)=.*/\1/p'); do
  eval "printf '%s\n' \"\$$name\"" > "$DOORSTEP_KEYS_DIR/card-${name#CARD_KEY_}.pem"
  unset "$name"
done

exec "$@"
