// SPDX-License-Identifier: Apache-2.0
#include "tests/support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace sluice::test {

namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

void must(bool done) {
  if (!done) {
    throw std::runtime_error("OpenSSL refused");
  }
}

Key new_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
}

void extend(X509* certificate, X509* issuer, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

/// Signed by the issuer; by itself if there is none.
Certificate certify(const std::string& name, const Key& key, X509* issuer, const Key& issuer_key,
                    const char* alternative_names) {
  constexpr long day = 24L * 60 * 60;
  Certificate made{X509_new(), X509_free};
  X509* const certificate = made.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), day);
  X509_NAME* const subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* const signer = issuer == nullptr ? certificate : issuer;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  X509_set_pubkey(certificate, key.get());
  if (issuer == nullptr) {
    extend(certificate, signer, NID_basic_constraints, "critical,CA:TRUE");
  }
  if (alternative_names != nullptr) {
    extend(certificate, signer, NID_subject_alt_name, alternative_names);
  }
  must(X509_sign(certificate, issuer_key.get(), EVP_sha256()) > 0);
  return made;
}

void write(const std::string& path, const Certificate& certificate) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  must(file != nullptr && PEM_write_X509(file, certificate.get()) == 1);
  std::fclose(file);
}

void write(const std::string& path, const Key& key) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  must(file != nullptr &&
       PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(file);
}

}  // namespace

Certificates::Certificates(const std::string& directory)
    : authority(directory + "/authority.pem"),
      server(directory + "/server.pem"),
      server_key(directory + "/server.key"),
      client(directory + "/client.pem"),
      client_key(directory + "/client.key") {
  const Key authority_key = new_key();
  const Certificate root = certify("authority", authority_key, nullptr, authority_key, nullptr);
  const Key server_pair = new_key();
  const Key client_pair = new_key();
  write(authority, root);
  write(server,
        certify("server", server_pair, root.get(), authority_key, "DNS:localhost,IP:127.0.0.1"));
  write(server_key, server_pair);
  write(client, certify("client", client_pair, root.get(), authority_key, nullptr));
  write(client_key, client_pair);
}

}  // namespace sluice::test
