// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/tls.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <climits>
#include <new>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t record_bytes = 16 << 10;

std::string last_error() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "unknown reason" : reason;
}

std::shared_ptr<SSL_CTX> new_context(const SSL_METHOD* method) {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(method), SSL_CTX_free};
  if (context == nullptr) {
    throw std::bad_alloc{};
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(context.get(), 0);  // Nobody resumes.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

/// What is wrong with them; empty if nothing is.
std::string use_certificate(SSL_CTX* context, const std::string& certificate,
                            const std::string& key) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return "certificate " + certificate + ": " + last_error();
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return "key " + key + ": " + last_error();
  }
  return {};
}

std::string trust(SSL_CTX* context, const std::string& ca) {
  if (SSL_CTX_load_verify_file(context, ca.c_str()) != 1) {
    return "authority " + ca + ": " + last_error();
  }
  return {};
}

bool is_number(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

int length_of(std::span<const std::byte> bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
}

}  // namespace

TlsContext make_tls_server(const TlsServerFiles& files) {
  auto context = new_context(TLS_server_method());
  std::string problem = use_certificate(context.get(), files.certificate, files.key);
  if (problem.empty() && !files.client_ca.empty()) {
    problem = trust(context.get(), files.client_ca);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return {problem.empty() ? std::move(context) : nullptr, problem};
}

TlsContext make_tls_client(const TlsClientFiles& files) {
  auto context = new_context(TLS_client_method());
  std::string problem;
  if (!files.ca.empty()) {
    problem = trust(context.get(), files.ca);
  } else if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    problem = "the system's authorities: " + last_error();
  }
  if (problem.empty() && !files.certificate.empty()) {
    problem = use_certificate(context.get(), files.certificate, files.key);
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return {problem.empty() ? std::move(context) : nullptr, problem};
}

SSL_CTX* context_to_free(const TlsContext& tls) {
  SSL_CTX_up_ref(tls.context.get());
  return tls.context.get();
}

TlsSession::TlsSession(const TlsContext& context)
    : ssl_(SSL_new(context.context.get()), SSL_free),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
  if (ssl_ == nullptr || incoming_ == nullptr || outgoing_ == nullptr) {
    throw std::bad_alloc{};
  }
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
}

std::unique_ptr<TlsSession> TlsSession::accepting(const TlsContext& context) {
  std::unique_ptr<TlsSession> session{new TlsSession(context)};
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

std::unique_ptr<TlsSession> TlsSession::calling(const TlsContext& context,
                                                const std::string& server_name) {
  std::unique_ptr<TlsSession> session{new TlsSession(context)};
  SSL* const ssl = session->ssl_.get();
  SSL_set_connect_state(ssl);
  if (is_number(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str());
  } else {
    SSL_set1_host(ssl, server_name.c_str());
    SSL_set_tlsext_host_name(ssl, server_name.c_str());
  }
  return session;
}

std::string TlsSession::problem_of(int result) const {
  const int code = SSL_get_error(ssl_.get(), result);
  if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE ||
      code == SSL_ERROR_ZERO_RETURN) {
    return {};
  }
  const long verdict = SSL_get_verify_result(ssl_.get());
  std::string reason = last_error();
  if (verdict != X509_V_OK) {
    reason =
        std::string{"the peer's certificate is refused: "} + X509_verify_cert_error_string(verdict);
  }
  return "TLS: " + reason;
}

void TlsSession::drain(ByteQueue& sealed) {
  while (BIO_ctrl_pending(outgoing_) > 0) {
    const auto room = sealed.room(BIO_ctrl_pending(outgoing_));
    const int count = BIO_read(outgoing_, room.data(), length_of(room));
    sealed.filled(static_cast<std::size_t>(std::max(count, 0)));
  }
}

std::string TlsSession::receive(std::span<const std::byte> bytes, ByteQueue& clear,
                                ByteQueue& sealed) {
  ERR_clear_error();
  if (!bytes.empty() && BIO_write(incoming_, bytes.data(), length_of(bytes)) != length_of(bytes)) {
    throw std::bad_alloc{};
  }
  int count = 0;
  do {
    const auto room = clear.room(record_bytes);
    count = SSL_read(ssl_.get(), room.data(), length_of(room));
    clear.filled(static_cast<std::size_t>(std::max(count, 0)));
  } while (count > 0);
  std::string problem = problem_of(count);
  drain(sealed);
  return problem;
}

std::string TlsSession::send(ByteQueue& clear, ByteQueue& sealed) {
  ERR_clear_error();
  std::string problem;
  if (SSL_is_init_finished(ssl_.get()) == 0) {
    problem = problem_of(SSL_do_handshake(ssl_.get()));
  }
  while (problem.empty() && !clear.empty() && SSL_is_init_finished(ssl_.get()) == 1) {
    const int count = SSL_write(ssl_.get(), clear.bytes().data(), length_of(clear.bytes()));
    if (count <= 0) {
      problem = problem_of(count);
      break;
    }
    clear.take(static_cast<std::size_t>(count));
  }
  drain(sealed);
  return problem;
}

}  // namespace sluice
