# Packages: one component of install.cmake is one package; scanner/install/pack builds them.
# The same build makes .deb and .rpm; what is in them depends on the sources and SOURCE_DATE_EPOCH alone.

set(CPACK_PACKAGE_NAME mishen)
set(CPACK_PACKAGE_VENDOR "mishen")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_COMPONENTS_ALL program rules)
foreach(component libraries development)
    if(TARGET mishen_shared)
        list(APPEND CPACK_COMPONENTS_ALL ${component})
    endif()
endforeach()
if(TARGET mishen_pdf OR TARGET mishen_ocr)
    list(APPEND CPACK_COMPONENTS_ALL helpers)
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_FILE_NAME mishen)

# Lines of at most 79 characters: they go into the control files as they are.
set(MSH_TEXT_program "scans documents for secrets before they are published")
set(MSH_LONG_program
"mishen reads every text in every outgoing document: body, headers, comments,
tracked changes, attachments, archives, picture properties. It applies rules
for classified marks, work secrets and personal data, gives each file one
verdict, and writes a signed log that anyone can verify.")
set(MSH_TEXT_libraries "confidentiality audit scanner - shared library")
set(MSH_LONG_libraries
"Scans documents that a program holds in memory for classified marks, work
secrets and personal data, in locked processes.
.
This package holds the shared library.")
set(MSH_TEXT_development "confidentiality audit scanner - development files")
set(MSH_LONG_development
"Scans documents that a program holds in memory for classified marks, work
secrets and personal data, in locked processes.
.
This package holds the headers, the pkg-config file and the CMake package.")
set(MSH_TEXT_rules "confidentiality audit scanner - rule packs")
set(MSH_LONG_rules
"Rules for Chinese public bodies: classified marks, work secrets, internal
papers, personal data, commercial secrets, credentials, hygiene of web sites.
Each rule names its basis and has its own tests.")
set(MSH_TEXT_helpers "confidentiality audit scanner - PDF and OCR")
set(MSH_LONG_helpers
"The programs that read PDF documents (with poppler) and the text in pictures
(with tesseract) for mishen, each in a locked process of its own. Without
them such files are reported as not inspected.")
set(MSH_PACKAGE_program mishen)
set(MSH_PACKAGE_libraries libmishen0)
set(MSH_PACKAGE_development libmishen-dev)
set(MSH_PACKAGE_rules mishen-rules)
set(MSH_PACKAGE_helpers mishen-helpers)

# --- deb -----------------------------------------------------------------------------------------------

set(deb ${CMAKE_SOURCE_DIR}/scanner/install/deb)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_RULES_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_HELPERS_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "mishen-rules (= ${PROJECT_VERSION}), passwd")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "mishen-helpers (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "cron | systemd, default-mta | mail-transport-agent")
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_DEPENDS "mishen-rules (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_RECOMMENDS "mishen-helpers (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmishen0 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_RULES_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_RULES_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_HELPERS_PACKAGE_DEPENDS "poppler-data, tesseract-ocr-chi-sim")
set(CPACK_DEBIAN_HELPERS_PACKAGE_ENHANCES "mishen, libmishen0")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_CONTROL_EXTRA ${deb}/triggers)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA ${deb}/postinst ${deb}/postrm)
if(EXISTS ${CMAKE_SOURCE_DIR}/scanner/install/mishen.yaml)
    list(APPEND CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA ${deb}/conffiles)
endif()

# --- rpm -----------------------------------------------------------------------------------------------

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_MAIN_COMPONENT program)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "MulanPSL-2.0")
set(CPACK_RPM_HELPERS_PACKAGE_LICENSE "MulanPSL-2.0 AND GPL-2.0-or-later")
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
set(CPACK_RPM_PROGRAM_PACKAGE_REQUIRES "mishen-rules = ${PROJECT_VERSION}, shadow-utils")
set(CPACK_RPM_PROGRAM_PACKAGE_SUGGESTS "mishen-helpers = ${PROJECT_VERSION}")
set(CPACK_RPM_LIBRARIES_PACKAGE_REQUIRES "mishen-rules = ${PROJECT_VERSION}")
set(CPACK_RPM_DEVELOPMENT_PACKAGE_REQUIRES "libmishen0 = ${PROJECT_VERSION}")
set(CPACK_RPM_RULES_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_HELPERS_PACKAGE_REQUIRES "poppler-data, tesseract-langpack-chi_sim")
set(CPACK_RPM_PROGRAM_POST_INSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/scanner/install/rpm-post)
set(CPACK_RPM_LIBRARIES_POST_INSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/scanner/install/rpm-ldconfig)
set(CPACK_RPM_LIBRARIES_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/scanner/install/rpm-ldconfig)
if(EXISTS ${CMAKE_SOURCE_DIR}/scanner/install/mishen.yaml)
    set(CPACK_RPM_PROGRAM_USER_FILELIST "%config(noreplace) /etc/mishen/mishen.yaml")
endif()
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /etc /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d
    /usr/share/man /usr/share/man/man1 /usr/share/man/zh_CN /usr/share/man/zh_CN/man1 /usr/share/bash-completion
    /usr/share/bash-completion/completions /usr/share/zsh /usr/share/zsh/site-functions /usr/share/zsh/vendor-completions
    /usr/share/fish /usr/share/fish/vendor_completions.d /usr/share/doc /usr/libexec /usr/include /usr/lib64/cmake
    /usr/lib64/pkgconfig)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define source_date_epoch_from_changelog 0
%define _buildhost reproducible
%define _build_id_links none
%define __brp_mangle_shebangs %{nil}
%define __brp_compress %{nil}")

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${MSH_PACKAGE_${component}})
    set(CPACK_RPM_${upper}_PACKAGE_NAME ${MSH_PACKAGE_${component}})
    set(CPACK_RPM_${upper}_PACKAGE_SUMMARY "${MSH_TEXT_${component}}")
    set(CPACK_RPM_${upper}_PACKAGE_DESCRIPTION "${MSH_LONG_${component}}")
    set(CPACK_DEBIAN_${upper}_DESCRIPTION "${MSH_TEXT_${component}}\n${MSH_LONG_${component}}")
endforeach()
include(CPack)
