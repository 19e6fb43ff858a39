// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <pqxx/connection>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sluice::postgres {

/// Which statements a connection has prepared, so that the server parses each only once.
///
/// Role       Says of each text whether it is to be run under a name. It gets one at its second
///            use: many are used once. Nothing is prepared behind a pooler, which gives each
///            transaction another session: who serves the session is then not who said so when the
///            connection was made. A name is made of its text, so that where a pooler could not be
///            told from a server, what has the name is the same statement.
/// Threading  As its connection.
/// Ownership  Borrows the connection, with which all that is prepared ends.
/// Units      Bytes of text.
/// Errors     None. What cannot be prepared is run as it is.
/// Cost       One more round trip at the second use; on the server some 50 KB for each.
class PreparedStatements {
public:
  static constexpr std::size_t statements_max = 256;    ///< Beyond them texts are run as they are.
  static constexpr std::size_t text_bytes_max = 8'192;  ///< Longer ones are hardly used again.
  /// A plan may be kept that takes each array for ten values. With more than so many bytes of
  /// values a statement is planned for what they are, and its parsing does not matter.
  static constexpr std::size_t values_bytes_max = 4'096;

  /// What is between us and the server that has the session.
  enum class Way : std::uint8_t { unknown, direct, pooled };
  explicit PreparedStatements(pqxx::connection& connection, Way way = Way::unknown);

  /// Nothing is prepared before this is known.
  [[nodiscard]] bool is_way_known() const noexcept { return way_ != Way::unknown; }
  /// Learns it from the process that says that it serves the session.
  void served_by(int backend_pid);

  /// Counts a use. The name to run the text by, or null if it is to be run as it is.
  [[nodiscard]] const std::string* name_of(const std::string& text);

private:
  struct Prepared {
    std::string text;
    std::string name;
  };
  [[nodiscard]] bool is_first_use(std::size_t hash);

  pqxx::connection& connection_;
  Way way_;
  std::unordered_map<std::size_t, Prepared> prepared_;  ///< By the hash of the text.
  std::unordered_set<std::size_t> used_once_;
};

}  // namespace sluice::postgres
