//! gongzhi
fn main() {}
