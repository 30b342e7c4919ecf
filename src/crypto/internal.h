/*
 * internal.h
 *		What the files of this floor share and no other floor sees: the
 *		structs that hold handles of OpenSSL.
 */
#ifndef GAUTH_CRYPTO_INTERNAL_H
#define GAUTH_CRYPTO_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/param_build.h>

#include "crypto/algorithm.h"
#include "crypto/digest.h"
#include "crypto/key.h"

typedef enum GauthHash
{
	GAUTH_HASH_SHA256,
	GAUTH_HASH_SHA384,
	GAUTH_HASH_SHA512,
	GAUTH_HASH_COUNT
} GauthHash;

typedef struct GauthHashTraits
{
	const char *name;			/* as OpenSSL calls it */
	size_t		size;			/* bytes of a digest */
} GauthHashTraits;

typedef struct GauthCurveTraits
{
	const char *group;			/* as OpenSSL calls it */
	size_t		size;			/* bytes of a coordinate, of r and of s */
} GauthCurveTraits;

typedef struct GauthAlgorithmTraits
{
	GauthSpan	name;			/* RFC 7518; ends with a zero byte */
	GauthKeyType type;
	GauthCurve	curve;
	GauthHash	hash;			/* nothing for Ed25519, which has its own */
	bool		pss;
} GauthAlgorithmTraits;

/* multiples of a public point on P-256, and of a point of Ed25519 */
typedef struct GauthEcdsaTable GauthEcdsaTable;
typedef struct GauthEd25519Table GauthEd25519Table;

struct GauthCrypto
{
	EVP_MD	   *digests[GAUTH_HASH_COUNT];
	EVP_MD_CTX *states[GAUTH_HASH_COUNT];	/* one per digest, used again */
	EVP_MAC    *hmac;
	EVP_KEYMGMT *rsa;
	EVP_SIGNATURE *rsa_sign;
	EVP_KEYMGMT *ec;
	EVP_SIGNATURE *ecdsa;
	GauthEd25519Table *generator;	/* NULL before a key's table is made */
};

#define GAUTH_ED25519_SECRET_SIZE	64	/* seed, then public key */

struct GauthKey
{
	GauthCrypto *crypto;
	GauthAlgorithm algorithm;
	GauthKeyType type;
	GauthHash	hash;
	size_t		signature_size;
	bool		can_sign;

	/* RSA and EC; "sign" only with a private half */
	EVP_PKEY   *pair;
	EVP_PKEY_CTX *verify;
	EVP_PKEY_CTX *sign;

	/* ES256 and OKP; NULL before it pays, and where there is none */
	GauthEcdsaTable *ecdsa_table;
	GauthEd25519Table *ed25519_table;
	unsigned	uses;			/* verifications until there may be a table */

	/* oct: keyed, begun again for every message */
	EVP_MAC_CTX *mac;

	/* OKP */
	uint8_t		public_key[GAUTH_ED25519_SIZE];
	uint8_t		secret_key[GAUTH_ED25519_SECRET_SIZE];
};

extern const GauthAlgorithmTraits *gauth_algorithm_traits(GauthAlgorithm alg);
extern const GauthCurveTraits *gauth_curve_traits(GauthCurve curve);
extern const GauthHashTraits *gauth_hash_traits(GauthHash hash);
extern bool gauth_digest_parts(GauthCrypto *crypto, GauthHash hash,
							   const GauthSpan *parts, size_t count,
							   uint8_t *digest);

extern GauthStatus gauth_library_judge(int library, GauthStatus judged);
extern GauthStatus gauth_library_failure(void);
extern GauthStatus gauth_library_fail(GauthError *err, const char *what);

extern bool gauth_key_import(const char *type, OSSL_PARAM_BLD *builder,
							 bool private_half, EVP_PKEY **pair);
extern GauthStatus gauth_key_build_rsa(const GauthKeyMaterial *material,
									   GauthKey *key, GauthError *err);
extern GauthStatus gauth_key_build_ec(const GauthKeyMaterial *material,
									  GauthKey *key, GauthError *err);
extern GauthStatus gauth_key_build_okp(const GauthKeyMaterial *material,
									   GauthKey *key, GauthError *err);
extern GauthStatus gauth_key_build_oct(const GauthKeyMaterial *material,
									   GauthKey *key, GauthError *err);

#define GAUTH_ECDSA_RAW_MAX		132 /* P-521: twice 66 */
#define GAUTH_ECDSA_DER_MAX		144 /* 3 + 2 * (2 + 67), rounded up */

extern size_t gauth_ecdsa_to_der(const uint8_t *raw, size_t half,
								 uint8_t der[GAUTH_ECDSA_DER_MAX]);
extern bool gauth_ecdsa_from_der(const uint8_t *der, size_t len,
								 uint8_t *raw, size_t half);

/*
 * The verification of a key that finds this count makes its table.  Making one
 * takes as long as it saves in several hundred for ES256, in about 10 for
 * Ed25519 and in 25 where it is the first; there the memory must pay too.
 */
#define GAUTH_ECDSA_TABLE_USES		1024
#define GAUTH_ED25519_TABLE_USES	64

extern GauthEcdsaTable *gauth_ecdsa_table_create(EVP_PKEY *pair);
extern int	gauth_ecdsa_table_verify(GauthEcdsaTable *table,
									 const uint8_t digest[GAUTH_SHA256_SIZE],
									 const uint8_t *raw);
extern void gauth_ecdsa_table_free(GauthEcdsaTable *table);

extern GauthEd25519Table *gauth_ed25519_table_create(GauthCrypto *crypto,
													 const uint8_t *point);
extern bool gauth_ed25519_table_verify(const GauthKey *key, GauthSpan data,
									   const uint8_t *signature);
extern void gauth_ed25519_table_free(GauthEd25519Table *table);

#endif							/* GAUTH_CRYPTO_INTERNAL_H */
