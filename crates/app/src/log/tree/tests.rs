//! Against the vectors that came with RFC 6962, and against an implementation that is not ours.

use super::*;
use crate::keys::{from_hex, hex};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof};
use proptest::prelude::*;

/// The leaves of the reference implementation's tests, in hex.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// Its roots, for one to eight of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn data(n: u64) -> Vec<u8> {
    n.to_be_bytes()[usize::try_from(n % 9).expect("small")..].to_vec()
}

fn subtree(leaves: &[Hash], at: Subtree) -> Hash {
    let from = usize::try_from(at.index << at.height).expect("small");
    root(&leaves[from..from + (1 << at.height)])
}

fn proof(leaves: &[Hash], index: u64) -> Vec<Hash> {
    let runs = path(index, leaves.len() as u64);
    runs.iter().map(|r| fold(&r.iter().map(|s| subtree(leaves, *s)).collect::<Vec<_>>())).collect()
}

#[test]
fn the_published_roots_come_out() {
    assert_eq!(hex(&empty()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let leaves: Vec<Hash> = LEAVES.iter().map(|l| leaf_hash(&from_hex(l).expect("hex"))).collect();
    let mut edge = Edge::default();
    for (n, wanted) in ROOTS.iter().enumerate() {
        edge.push(leaves[n], &mut |_, _| panic!("no tile is full"));
        assert_eq!(hex(&edge.root()), *wanted);
        assert_eq!(hex(&root(&leaves[..=n])), *wanted);
    }
}

#[test]
fn full_tiles_are_told_and_leave_the_edge() {
    let leaves: Vec<Hash> = (0..66_000).map(|n| leaf_hash(&data(n))).collect();
    let (mut edge, mut told) = (Edge::default(), Vec::new());
    for leaf in &leaves {
        edge.push(*leaf, &mut |level, hash| told.push((level, hash)));
    }
    assert_eq!(edge.root(), root(&leaves));
    let of = |level| told.iter().filter(move |(l, _)| *l == level).map(|(_, h)| *h).collect::<Vec<_>>();
    assert_eq!((of(1).len(), of(2).len(), of(3).len()), (66_000 / 256, 66_000 / 65_536, 0));
    assert_eq!(of(1)[2], root(&leaves[512..768]));
    assert_eq!(of(2)[0], root(&leaves[..65_536]));
    assert!(edge.levels.iter().all(|tile| tile.len() < 256));
}

fn grown(leaves: &[Hash], old: u64) -> Vec<Hash> {
    let runs = consistency(old, leaves.len() as u64);
    runs.iter().map(|r| fold(&r.iter().map(|s| subtree(leaves, *s)).collect::<Vec<_>>())).collect()
}

/// The consistency proofs of the reference implementation's tests: sizes and hashes.
#[test]
fn the_published_consistency_proofs_come_out() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|l| leaf_hash(&from_hex(l).expect("hex"))).collect();
    let published: [(u64, usize, &[&str]); 4] = [
        (1, 1, &[]),
        (
            1,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, wanted) in published {
        let ours = grown(&leaves[..new], old);
        assert_eq!(ours.iter().map(|h| hex(h)).collect::<Vec<_>>(), wanted, "{old} to {new}");
        let at = |n: usize| root(&leaves[..n]);
        let old_root = at(usize::try_from(old).expect("small"));
        assert!(consistent((old, &old_root), (new as u64, &at(new)), &ours));
    }
}

#[test]
fn from_nothing_to_itself_and_backwards() {
    let leaves: Vec<Hash> = (0..9).map(|n| leaf_hash(&data(n))).collect();
    let (small, large) = (root(&leaves[..4]), root(&leaves));
    assert!(consistent((0, &empty()), (9, &large), &[]));
    assert!(!consistent((0, &empty()), (9, &large), &[small]));
    assert!(!consistent((0, &small), (9, &large), &[]));
    assert!(consistent((9, &large), (9, &large), &[]));
    assert!(!consistent((9, &large), (9, &small), &[]));
    assert!(!consistent((9, &large), (4, &small), &[]));
    assert!(!consistent((4, &small), (9, &large), &[]));
    assert!(!consistent((5, &root(&leaves[..5])), (9, &large), &[]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_implementation_agrees(size in 1_u64..1_500, pick in any::<u64>()) {
        let index = pick % size;
        let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        (0..size).for_each(|n| theirs.push(data(n)));
        let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&data(n))).collect();
        let wanted: Hash = root(&leaves);
        let root_of_theirs = theirs.root();
        prop_assert_eq!(root_of_theirs.as_bytes().as_slice(), wanted.as_slice());
        let ours = proof(&leaves, index);
        let given = theirs.prove_inclusion(usize::try_from(index).expect("small"));
        prop_assert_eq!(given.as_bytes(), ours.concat());
        prop_assert!(includes(leaves[usize::try_from(index).expect("small")], index, size, &ours, &wanted));
        let again = InclusionProof::<sha2::Sha256>::try_from_bytes(ours.concat()).expect("a proof");
        prop_assert!(theirs.root().verify_inclusion(&data(index), index, &again).is_ok());
    }

    #[test]
    fn nothing_else_is_included(size in 1_u64..600, pick in any::<u64>(), other in any::<u64>(), spoil in any::<u8>()) {
        let index = pick % size;
        let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&data(n))).collect();
        let (wanted, leaf) = (root(&leaves), leaves[usize::try_from(index).expect("small")]);
        let ours = proof(&leaves, index);
        prop_assert!(!includes(leaf_hash(b"another"), index, size, &ours, &wanted));
        let place = other % (size + 3);
        prop_assert!(place == index || !includes(leaf, place, size, &ours, &wanted));
        let mut longer = ours.clone();
        longer.push(wanted);
        prop_assert!(!includes(leaf, index, size, &longer, &wanted));
        if !ours.is_empty() {
            prop_assert!(!includes(leaf, index, size, &ours[1..], &wanted));
            let mut bad = ours.clone();
            bad[usize::from(spoil) % ours.len()][usize::from(spoil) % 32] ^= 1 << (spoil % 8);
            prop_assert!(!includes(leaf, index, size, &bad, &wanted));
        }
    }

    #[test]
    fn another_implementation_agrees_on_growth(old in 1_u64..700, more in 1_u64..700, spoil in any::<u8>()) {
        let new = old + more;
        let leaves: Vec<Hash> = (0..new).map(|n| leaf_hash(&data(n))).collect();
        let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        (0..old).for_each(|n| theirs.push(data(n)));
        let before = theirs.root();
        (old..new).for_each(|n| theirs.push(data(n)));
        let (small, large) = (root(&leaves[..usize::try_from(old).expect("small")]), root(&leaves));
        let ours = grown(&leaves, old);
        let given = theirs.prove_consistency(usize::try_from(more).expect("small"));
        prop_assert_eq!(given.as_bytes(), ours.concat());
        let again = ConsistencyProof::<sha2::Sha256>::try_from_bytes(ours.concat()).expect("a proof");
        prop_assert!(theirs.root().verify_consistency(&before, &again).is_ok());
        prop_assert!(consistent((old, &small), (new, &large), &ours));
        // A third one, for checking.
        let list: Vec<_> = ours.iter().map(|h| tlog_tiles::Hash(*h)).collect();
        prop_assert!(tlog_tiles::check_tree(&list, new, tlog_tiles::Hash(large), old, tlog_tiles::Hash(small)).is_ok());
        // Nothing else is.
        let mut fork = leaves.clone();
        fork[usize::from(spoil) % usize::try_from(old).expect("small")] = leaf_hash(b"another");
        prop_assert!(!consistent((old, &small), (new, &root(&fork)), &grown(&fork, old)));
        prop_assert!(!consistent((old, &large), (new, &large), &ours));
        let mut longer = ours.clone();
        longer.push(large);
        prop_assert!(!consistent((old, &small), (new, &large), &longer));
        let mut bad = ours.clone();
        bad[usize::from(spoil) % ours.len()][usize::from(spoil) % 32] ^= 1 << (spoil % 8);
        prop_assert!(!consistent((old, &small), (new, &large), &bad));
        prop_assert!(!consistent((old, &small), (new, &large), &ours[1..]));
    }
}
