#!/bin/sh
# prepare.sh DIRECTORY: what two identity providers would hand out, made by the
# openssl program alone: their key sets and some tokens, printed as psql
# variables.  Private keys stay in DIRECTORY.
set -eu
cd "$1"

base64url()
{
	base64 -w 0 | tr '+/' '-_' | tr -d '='
}

# a 2048-bit RSA key as DER is 9 bytes, the modulus, and the exponent 65537
rsa_jwk()
{
	n=$(openssl rsa -in "$1" -RSAPublicKey_out -outform DER 2>/dev/null |
		tail -c +10 | head -c 256 | base64url)
	printf '{"kty":"RSA","kid":"%s","alg":"RS256","use":"sig","n":"%s","e":"AQAB"}' \
		"$2" "$n"
}

# the last 32 bytes of an Ed25519 public key as DER are the key
ed25519_jwk()
{
	x=$(openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | base64url)
	printf '{"kty":"OKP","crv":"Ed25519","kid":"%s","alg":"EdDSA","x":"%s"}' \
		"$2" "$x"
}

# header and payload, ready to be signed
signing_input()
{
	printf '%s.%s' "$(printf '%s' "$1" | base64url)" \
		"$(printf '%s' "$2" | base64url)"
}

rs256()
{
	input=$(signing_input '{"alg":"RS256","typ":"JWT","kid":"login-1"}' "$1")
	signature=$(printf '%s' "$input" |
		openssl dgst -sha256 -sign login.pem -binary | base64url)
	printf '%s.%s' "$input" "$signature"
}

eddsa()
{
	signing_input '{"alg":"EdDSA","typ":"JWT","kid":"partner-1"}' "$1" >input
	signature=$(openssl pkeyutl -sign -inkey partner.pem -rawin -in input |
		base64url)
	printf '%s.%s' "$(cat input)" "$signature"
}

# an HMAC whose secret is the published RSA key: algorithm confusion
confused()
{
	input=$(signing_input '{"alg":"HS256","typ":"JWT","kid":"login-1"}' "$1")
	openssl rsa -in login.pem -pubout -out public.pem 2>/dev/null
	secret=$(od -An -v -tx1 public.pem | tr -d ' \n')
	signature=$(printf '%s' "$input" |
		openssl dgst -sha256 -mac HMAC -macopt "hexkey:$secret" -binary |
		base64url)
	printf '%s.%s' "$input" "$signature"
}

variable()
{
	printf "\\\\set %s '%s'\n" "$1" "$2"
}

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-out login.pem 2>/dev/null ||
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out login.pem 2>/dev/null
openssl genpkey -algorithm ED25519 -out partner.pem

now=$(date +%s)
later=$((now + 900))
login='"iss":"https://login.example","aud":"orders-db"'
partner='"iss":"https://partner.example","aud":"orders-db"'

variable login_jwks "{\"keys\":[$(rsa_jwk login.pem login-1)]}"
variable partner_jwks "{\"keys\":[$(ed25519_jwk partner.pem partner-1)]}"

alice=$(rs256 "{$login,\"sub\":\"alice\",\"iat\":$now,\"exp\":$later,\"jti\":\"a-1\",\"scope\":\"orders:read orders:write\"}")
bob=$(rs256 "{$login,\"sub\":\"bob\",\"iat\":$now,\"exp\":$later,\"jti\":\"b-1\",\"scope\":\"orders:read\"}")
variable alice "$alice"
variable bob "$bob"
variable partner_alice "$(eddsa "{$partner,\"sub\":\"alice\",\"iat\":$now,\"exp\":$later,\"jti\":\"p-1\",\"scope\":\"orders:read\"}")"
variable expired "$(rs256 "{$login,\"sub\":\"alice\",\"iat\":$((now - 7200)),\"exp\":$((now - 3600)),\"jti\":\"a-0\"}")"

# Alice's claims under Bob's signature, no signature at all, the wrong kind
mallory=$(printf '%s' "{$login,\"sub\":\"alice\",\"iat\":$now,\"exp\":$later}" |
	base64url)
variable forged "${bob%%.*}.$mallory.${bob##*.}"
variable unsigned "$(signing_input '{"alg":"none"}' "{$login,\"sub\":\"alice\",\"exp\":$later}")."
variable confused "$(confused "{$login,\"sub\":\"alice\",\"iat\":$now,\"exp\":$later}")"
