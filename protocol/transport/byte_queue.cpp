// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/byte_queue.hpp"

#include <algorithm>
#include <cstring>

namespace sluice {

std::span<std::byte> ByteQueue::room(std::size_t wanted) {
  if (capacity_ - end_ < wanted) {
    const std::size_t needed = size() + wanted;
    // Moving only into a queue that is half empty keeps the cost of a byte constant.
    if (begin_ > 0 && needed <= capacity_ && size() <= capacity_ / 2) {
      std::memmove(memory_.get(), memory_.get() + begin_, size());
    } else {
      const std::size_t larger = std::max({capacity_first_, needed, 2 * capacity_});
      std::unique_ptr<std::byte[]> memory{new std::byte[larger]};
      if (!empty()) {
        std::memcpy(memory.get(), memory_.get() + begin_, size());
      }
      memory_ = std::move(memory);
      capacity_ = larger;
    }
    end_ -= begin_;
    begin_ = 0;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void ByteQueue::take(std::size_t count) noexcept {
  begin_ += count;
  if (begin_ < end_) {
    return;
  }
  begin_ = end_ = 0;
  if (capacity_ > capacity_kept_) {
    memory_.reset();
    capacity_ = 0;
  }
}

}  // namespace sluice
