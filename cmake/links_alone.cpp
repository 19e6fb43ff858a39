// SPDX-License-Identifier: Apache-2.0
// The program around an archive that is linked whole, to show that it declared what it uses.
int main() {
  return 0;
}
