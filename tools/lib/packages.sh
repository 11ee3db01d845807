# Sourced by the tools: makes sure that Debian packages are installed.

# need PACKAGE...: installs what is missing, or says which line to run where that is not possible.
need() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "missing packages; run: sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    return 3
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
    { echo "apt-get could not install ${missing[*]}; run it by hand to see why" >&2; return 3; }
}

# build_release: the shipped binary, .build/release/daybook; output on standard error.
build_release() {
  swift build -c release --product daybook --static-swift-stdlib \
    --explicit-target-dependency-import-check error >&2
}
