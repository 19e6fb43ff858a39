// SPDX-License-Identifier: Apache-2.0
#include "server/auth/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "actors/tenant/invariant.hpp"

namespace sluice::auth {

std::array<std::byte, 32> sha256(Bytes bytes) {
  std::array<std::byte, 32> digest{};
  unsigned size = 0;
  SLUICE_INVARIANT(EVP_Digest(bytes.data(), bytes.size(),
                              reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
                              nullptr) == 1);
  SLUICE_INVARIANT(size == digest.size());
  return digest;
}

void fill_random(std::span<std::byte> bytes) {
  SLUICE_INVARIANT(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                              static_cast<int>(bytes.size())) == 1);
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluice::auth
