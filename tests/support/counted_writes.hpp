// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

/// What a test and a program whose writes are counted say to each other, in a file that both map.
struct WriteCount {
  std::uint64_t written = 0;  ///< To regular files, since the test began to count.
  std::uint64_t ends_at = 0;  ///< The program is killed instead of this one; 0: never.
};

/// Counts what programs that are started during its life write to files, and kills one at a write
/// of the test's choice: between any two, the files are as they are then.
///
/// Threading  One thread.
/// Ownership  Owns the file, and what the environment says of it.
/// Errors     Throws if the file cannot be made.
class CountedWrites {
public:
  CountedWrites();
  ~CountedWrites();
  CountedWrites(const CountedWrites&) = delete;
  CountedWrites& operator=(const CountedWrites&) = delete;

  /// Counts from 0 again, and kills whoever would make the write of this number; 0 kills nobody.
  void end_at(std::uint64_t number);
  [[nodiscard]] std::uint64_t written() const;

private:
  TemporaryDirectory directory_;
  WriteCount* count_ = nullptr;
};

}  // namespace sluice::test
