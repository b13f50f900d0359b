# One line each; logic belongs into xtask. `just` lists them.
set positional-arguments

_list:
  @just --list --unsorted

# format, lints, documentation, house rules: the quick look before a commit
check:
  cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings && RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items && cargo run -q -p xtask -- tidy

# every Rust test; with arguments: cargo test's own, e.g. `just test -p kernel`
test *args:
  cargo test --workspace "$@"

# rewrite the golden files; the diff is then a matter of review
golden:
  cargo run -q -p xtask -- golden

# flips single bits of a real store: every one must be noticed and its matter named
flips n="2000":
  GONGZHI_FLIPS={{n}} cargo test -q -p gongzhi flips -- --nocapture

# the server with the demo region
run *args:
  ./run "$@"

# durable intake and reading against the machine's own limit
bench *args:
  cargo run --release -q -p gongzhi -- bench "$@"

# pictures of the pages: phone, desk, dark, large print, in e2e/shots
look *args:
  cargo build -q -p gongzhi && node e2e/look.mjs "$@"

# the browser tests; with arguments: only these files
browser *args:
  cargo build -q -p gongzhi && node e2e/run.mjs "$@"

# kills, power cuts, failing disks, names, looks and flipped bits, in the long form; with arguments: only these, e.g. `just crash power_cut`
crash *args:
  cargo build -q -p gongzhi && checks/run --long "$@"

# everything, as the continuous run does it
pre-pr:
  ./test
