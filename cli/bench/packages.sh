# Sourced: installs Debian packages that a benchmark needs and the host lacks, as .ci/run does: no package may start a daemon.

# need PACKAGE=FILE...: each package with a file that tells whether it is there
need() {
  local missing=() each policy=/usr/sbin/policy-rc.d
  for each in "$@"; do [ -e "${each#*=}" ] || missing+=("${each%%=*}"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get > /dev/null || { echo "missing: ${missing[*]} (Debian's names)" >&2; return 1; }
  echo "installing ${missing[*]}" >&2
  [ ! -e "$policy" ] || mv "$policy" "$policy.torii-bench"
  printf '#!/bin/sh\nexit 101\n' > "$policy"           # invoke-rc.d asks it; 101 means forbidden
  chmod 755 "$policy"
  local status=0
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 || status=$?
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}" > /dev/null || status=$?
  rm -f "$policy"
  [ ! -e "$policy.torii-bench" ] || mv "$policy.torii-bench" "$policy"
  [ "$status" = 0 ] || echo "could not install ${missing[*]}" >&2
  return "$status"
}

# Prints the path of Debian unstable's wireguard-go, unpacked below $1: the host's apt sources stay as they are, nothing is installed.
current_wireguard_go() {
  local at=$1 mirror
  if [ ! -x "$at/root/usr/bin/wireguard-go" ]; then
    mkdir -p "$at"/{parts,preferences,lists/partial,cache/archives/partial,deb}
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2> /dev/null \
      | grep -E '^(URIs:|deb )' | grep -oE 'https?://[^ ]+' | grep -v security | head -1)
    [ -n "$mirror" ] || { echo "no Debian mirror in the host's apt sources" >&2; return 1; }
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$at/sources.list"
    : > "$at/status"
    cat > "$at/apt.conf" <<CONF
Dir::Etc::sourcelist "$at/sources.list";
Dir::Etc::sourceparts "$at/parts";
Dir::Etc::preferencesparts "$at/preferences";
Dir::State::lists "$at/lists";
Dir::State::status "$at/status";
Dir::Cache "$at/cache";
CONF
    (cd "$at/deb" && export APT_CONFIG=$at/apt.conf && apt-get -qq update >&2 && apt-get -qq -o APT::Sandbox::User=root download wireguard-go >&2 && dpkg-deb -x wireguard-go_*.deb "$at/root") \
      || { echo "could not get Debian unstable's wireguard-go from $mirror" >&2; return 1; }
  fi
  echo "$at/root/usr/bin/wireguard-go"
}
