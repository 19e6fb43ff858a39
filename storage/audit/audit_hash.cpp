// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/audit_hash.hpp"

#include <openssl/evp.h>

#include "actors/tenant/invariant.hpp"

namespace sluice {

AuditHash audit_hash(std::string_view bytes) {
  AuditHash hash{};
  unsigned size = 0;
  SLUICE_INVARIANT(EVP_Digest(bytes.data(), bytes.size(),
                              reinterpret_cast<unsigned char*>(hash.data()), &size, EVP_sha256(),
                              nullptr) == 1);
  SLUICE_INVARIANT(size == hash.size());
  return hash;
}

}  // namespace sluice
