// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sluice::test {

/// An authority, and what it signed, as files in a directory of the caller's.
struct Certificates {
  /// The server's certificate is for localhost and 127.0.0.1.
  explicit Certificates(const std::string& directory);

  std::string authority;
  std::string server;
  std::string server_key;
  std::string client;
  std::string client_key;
};

}  // namespace sluice::test
