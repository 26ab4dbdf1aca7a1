# Targets that make and check a release. The workflow calls them; CONTRIBUTING.md describes their
# order.

# The Go release in go.mod. Another compiler would build other bytes.
TOOLCHAIN := $(shell awk '$$1 == "toolchain" { print $$2 }' go.mod)
SYFT      := .bin/syft-$(SYFT_VERSION)/syft
SUMS      := $(PACKAGE)_$(VERSION)_SHA256SUMS
ASSETS    ?= .build/assets

# Not part of `test`: goreleaser takes longer to build than everything else here, and its
# configuration changes rarely.
.PHONY: check-release
check-release: ## check the release configuration
	$(GORELEASER) check

# Builds the archives of the commit as the release does, from a clone with the tag. The clone is
# $$work/$(1); $(2) is the umask, and $(3) is the time zone. The archives are built with an empty
# build cache. -exec sets that cache for goreleaser's run only, so that goreleaser itself is built
# with the usual one.
define archives-of-a-clone
(umask $(2); git clone --quiet '$(CURDIR)' "$$work/$(1)"; cd "$$work/$(1)"; \
git checkout --quiet --detach "$$commit"; git -c tag.gpgSign=false tag --force v$(VERSION) > /dev/null; \
TZ=$(3) GOTOOLCHAIN=$(TOOLCHAIN) GORELEASER_CURRENT_TAG=v$(VERSION) \
  $(subst go run,go run -exec "env GOCACHE=$$work/$(1).cache",$(GORELEASER)) release --clean --skip=publish --skip=sbom --skip=sign); \
rm -rf "$$work/$(1).cache"
endef

# Uses only committed files. Keeps .build/SHA256SUMS, so that `check-assets` can compare it with the
# checksums of the release.
.PHONY: reproducible
reproducible: ## build the archives of this commit twice, without a cache, and compare them to the byte
	@mkdir -p .build; rm -f .build/SHA256SUMS
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; commit=$$(git rev-parse HEAD); \
	$(call archives-of-a-clone,first,022,UTC); \
	$(call archives-of-a-clone,in/another/folder,077,Asia/Tokyo); \
	diff "$$work"/first/dist/$(SUMS) "$$work"/in/another/folder/dist/$(SUMS) || \
	  { echo 'Two builds of this commit differ in the files above.'; exit 1; }; \
	cp "$$work"/first/dist/$(SUMS) .build/SHA256SUMS
	@cat .build/SHA256SUMS; echo 'Both builds of this commit, by $(TOOLCHAIN), made these archives.'

# goreleaser runs syft with only HOME and PATH in its environment, so syft is built before.
$(SYFT):
	GOBIN='$(abspath $(dir $@))' go install github.com/anchore/syft/cmd/syft@$(SYFT_VERSION)

.PHONY: release-tools
release-tools: $(SYFT)
	$(GORELEASER) --version

# The section of CHANGELOG.md about the version. It must not say "unreleased" any more.
.PHONY: .build/release-notes.md
.build/release-notes.md:
	@mkdir -p .build
	@awk -v version='$(VERSION)' '/^## / { here = $$2 == version && !/unreleased/; next } here' CHANGELOG.md > $@
	@grep -q '[^[:space:]]' $@ || { rm $@; echo 'CHANGELOG.md has no section on $(VERSION), or calls it unreleased'; exit 1; }

# GORELEASER_FLAGS=--skip=publish tries it without uploading anything. Make the tag for such a trial
# in a clone.
.PHONY: release
release: .build/release-notes.md $(SYFT) # build, sign and upload a draft from the tagged commit: for the workflow
	@git tag --points-at HEAD | grep -qxF 'v$(VERSION)' || { echo 'This commit has no tag v$(VERSION), the version in GNUmakefile'; exit 1; }
	PATH="$(abspath $(dir $(SYFT))):$$PATH" GOTOOLCHAIN=$(TOOLCHAIN) GORELEASER_CURRENT_TAG=v$(VERSION) \
	  $(GORELEASER) release --clean --release-notes .build/release-notes.md $(GORELEASER_FLAGS)

# Checks that the uploaded files, in ASSETS, are exactly those of a release, undamaged, signed by a
# key that gpg knows, and equal to those that `make reproducible` built before.
.PHONY: check-assets
check-assets:
	@cd '$(ASSETS)'; \
	diff <(LC_ALL=C ls) <({ awk '{ print $$2 } $$2 ~ /\.zip$$/ { print $$2 ".spdx.json" }' $(SUMS); printf '%s\n' $(SUMS) $(SUMS).sig; } | LC_ALL=C sort) || \
	  { echo 'These files are missing (>) or do not belong to the release (<).'; exit 1; }; \
	sha256sum --check --strict --quiet $(SUMS); \
	gpg --verify $(SUMS).sig $(SUMS); \
	for contents in *.spdx.json; do \
	  grep -q '"SPDXID"' "$$contents" && grep -q 'pkg:golang/github.com/hashicorp/terraform-plugin-framework@' "$$contents" || \
	    { echo "$$contents does not list what the binary contains"; exit 1; }; \
	done
	@diff .build/SHA256SUMS '$(ASSETS)'/$(SUMS) || { echo 'The release differs from what make reproducible built.'; exit 1; }
	@echo 'The files of version $(VERSION) are complete, signed, and equal to what make reproducible built.'
