#!/bin/bash
# strongswan6.sh [SUITE]: unpacks the strongSwan of another Debian release (default: trixie, Debian 13) into a directory of its own, from the mirror
# that this machine's apt uses. Nothing is installed here. AdditionalKeysIT runs charon from there, in a chroot of its own.
set -euo pipefail
suite=${1:-trixie}
peers=${TORII_PEERS:-$HOME/.cache/torii/peers}
root=$peers/strongswan-$suite
packages=(strongswan-charon strongswan-swanctl libcharon-extra-plugins libstrongswan-standard-plugins libstrongswan-extra-plugins)

if [ -e "$root" ]; then
  echo "strongswan6.sh: $root is there; remove it to build it anew"
  exit 0
fi
. /etc/os-release
mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" 'Label: Debian' 'Component: main' | head -n 1; }
uri=$(mirror)
if [ -z "$uri" ]; then
  apt-get -qq update
  uri=$(mirror)
fi
[ -n "$uri" ] || { echo "strongswan6.sh: apt here names no Debian mirror for $VERSION_CODENAME" >&2; exit 1; }

mkdir -p "$peers"
work=$(mktemp -d "$peers/building-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial "$work"/root/usr/{bin,sbin,lib,lib64} "$work"/root/{dev,proc,run,tmp,var}
touch "$work/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
echo "deb ${signed:-}$uri $suite main" > "$work/sources.list"
apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
  -o "Dir::State::status=$work/status" -o Acquire::Languages=none -o APT::Sandbox::User=root)
"${apt[@]}" update
# With an empty status file all that is depended upon comes along; none of it is configured, charon needs only the files.
"${apt[@]}" -y --no-install-recommends --download-only install "${packages[@]}" > /dev/null
for directory in bin sbin lib lib64; do
  ln -s "usr/$directory" "$work/root/$directory"
done
ln -s ../run "$work/root/var/run"
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --keep-directory-symlink
done
chroot "$work/root" /usr/lib/ipsec/charon --version > "$work/version" 2> /dev/null
mv "$work/root" "$root"
echo "strongswan6.sh: $(cat "$work/version") of $suite is in $root"
