// The Rust crate jsonwebtoken as a contender of bench/verify: for every line
// "ALGORITHM COUNT" it verifies COUNT tokens of DIRECTORY/ALGORITHM.tokens
// with a key that it read once, and answers "done"; or "unknown".
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

#[derive(Deserialize)]
#[allow(dead_code)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: i64,
    exp: i64,
}

struct Subject {
    key: DecodingKey,
    rules: Validation,
    tokens: Vec<String>,
    next: usize,
}

fn read(directory: &str, name: &str) -> Option<Subject> {
    let bytes = std::fs::read(format!("{directory}/{name}.key")).ok()?;
    let (key, algorithm) = match name {
        "HS256" => (DecodingKey::from_secret(&bytes), Algorithm::HS256),
        "RS256" => (DecodingKey::from_rsa_pem(&bytes).ok()?, Algorithm::RS256),
        "PS256" => (DecodingKey::from_rsa_pem(&bytes).ok()?, Algorithm::PS256),
        "ES256" => (DecodingKey::from_ec_pem(&bytes).ok()?, Algorithm::ES256),
        "EdDSA" => (DecodingKey::from_ed_pem(&bytes).ok()?, Algorithm::EdDSA),
        _ => return None,
    };
    let mut rules = Validation::new(algorithm);
    rules.leeway = 30;
    rules.set_issuer(&["https://issuer.example"]);
    rules.set_audience(&["https://orders.example"]);
    let tokens = std::fs::read_to_string(format!("{directory}/{name}.tokens")).ok()?;
    let tokens = tokens.lines().take(1000).map(str::to_owned).collect();
    Some(Subject { key, rules, tokens, next: 0 })
}

fn verify(subject: &mut Subject, count: usize) -> bool {
    for _ in 0..count {
        let token = &subject.tokens[subject.next];
        subject.next = (subject.next + 1) % subject.tokens.len();
        if decode::<Claims>(token, &subject.key, &subject.rules).is_err() {
            return false;
        }
    }
    true
}

fn answer(directory: &str, line: &str, known: &mut HashMap<String, Subject>) -> &'static str {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or("").to_owned();
    let count = words.next().and_then(|w| w.parse().ok()).unwrap_or(0);
    if !known.contains_key(&name) {
        match read(directory, &name) {
            Some(subject) => known.insert(name.clone(), subject),
            None => return "unknown",
        };
    }
    match verify(known.get_mut(&name).unwrap(), count) {
        true => "done",
        false => "failed",
    }
}

fn main() {
    let directory = std::env::args().nth(1).expect("a directory");
    let mut known = HashMap::new();
    for line in io::stdin().lock().lines() {
        println!("{}", answer(&directory, &line.expect("a line"), &mut known));
        io::stdout().flush().expect("an open output");
    }
}
