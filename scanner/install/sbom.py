"""The bill of materials of packages, SPDX 2.3 in JSON: sbom.py BUILD PACKAGE…

Each package with its digest; the libraries that its programs are linked with, with the version they were linked with,
as Debian names them. Depends on nothing but these: no time but SOURCE_DATE_EPOCH, no host."""
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import time

LICENSES = {'libarchive13': 'BSD-2-Clause', 'libpcre2-8-0': 'BSD-3-Clause', 'libqrencode4': 'LGPL-2.1-or-later',
            'libseccomp2': 'LGPL-2.1-only', 'libssl3': 'Apache-2.0', 'libxml2': 'MIT', 'libyaml-0-2': 'MIT', 'zlib1g': 'Zlib',
            'libmicrohttpd12': 'LGPL-2.1-or-later', 'libpoppler126': 'GPL-2.0-or-later', 'libtesseract5': 'Apache-2.0',
            'liblept5': 'BSD-2-Clause', 'libzbar0': 'LGPL-2.1-or-later', 'libc6': 'LGPL-2.1-or-later',
            'libstdc++6': 'GPL-3.0-or-later WITH GCC-exception-3.1', 'libgcc-s1': 'GPL-3.0-or-later WITH GCC-exception-3.1',
            'libmagic1': 'BSD-2-Clause'}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def needed(path):
    """Sonames that a program or library needs."""
    return re.findall(r'NEEDED.*\[(.*)\]', run('readelf', '-d', path))


def owners(build):
    """Debian package and version of every library that what was built needs."""
    cache, found = run('/sbin/ldconfig', '-p'), {}
    for path in ('mishen', 'libmishen.so', 'libexec/mishen-pdf', 'libexec/mishen-ocr'):
        if not os.path.exists('%s/%s' % (build, path)):
            continue
        for soname in needed('%s/%s' % (build, path)):
            place = re.search(r'(?m)^\s%s .*=> (\S+)' % re.escape(soname), cache)
            if not place:
                continue
            for name in (place[1], os.path.realpath(place[1]), place[1].replace('/lib/', '/usr/lib/', 1), '/usr' + place[1]):
                answer = subprocess.run(['dpkg-query', '-S', name], capture_output=True, text=True)
                if answer.returncode == 0:
                    package = answer.stdout.split(':', 1)[0]
                    found[package] = run('dpkg-query', '-W', '-f', '${Version}', package + ':' + run('dpkg', '--print-architecture').strip())
                    break
    return found


def bundled(path):
    """Debian package and version of everything that an offline bundle carries: its share/doc/licences/SOURCES."""
    with tarfile.open(path) as tar:
        for member in tar:
            if member.name.endswith('/share/doc/licences/SOURCES'):
                lines = tar.extractfile(member).read().decode().splitlines()
                return dict(line.split(' ')[:2] for line in lines)
    sys.exit(path + ': no list of sources')


def ident(name):
    return 'SPDXRef-' + re.sub(r'[^A-Za-z0-9.-]', '-', name)


def main():
    build, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    version = re.search(r'CMAKE_PROJECT_VERSION:STATIC=(\S+)', open(build + '/CMakeCache.txt').read())[1]
    packages, relations, digests = [], [], hashlib.sha256()
    for path in files:
        name, digest = os.path.basename(path), hashlib.sha256(open(path, 'rb').read()).hexdigest()
        digests.update((name + digest).encode())
        license = 'MulanPSL-2.0 AND GPL-2.0-or-later' if 'helpers' in name else 'MulanPSL-2.0'
        packages.append({'SPDXID': ident(name), 'name': name, 'versionInfo': version, 'packageFileName': name,
                         'downloadLocation': 'NOASSERTION', 'filesAnalyzed': False, 'licenseConcluded': license,
                         'licenseDeclared': license, 'copyrightText': '2026 the authors of mishen',
                         'checksums': [{'algorithm': 'SHA256', 'checksumValue': digest}]})
        relations.append({'spdxElementId': 'SPDXRef-DOCUMENT', 'relationshipType': 'DESCRIBES', 'relatedSpdxElement': ident(name)})
    parts = {path: bundled(path) for path in files if path.endswith('.tar.xz')}
    for name, of in sorted({**owners(build), **{n: v for part in parts.values() for n, v in part.items()}}.items()):
        license = LICENSES.get(name, 'NOASSERTION')
        packages.append({'SPDXID': ident(name), 'name': name, 'versionInfo': of, 'downloadLocation': 'NOASSERTION',
                         'filesAnalyzed': False, 'licenseConcluded': 'NOASSERTION', 'licenseDeclared': license,
                         'copyrightText': 'NOASSERTION', 'externalRefs': [{
                             'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
                             'referenceLocator': 'pkg:deb/debian/%s@%s' % (name.replace('+', '%2B'), of.replace('+', '%2B').replace(':', '%3A'))}]})
        for path in files:
            if name in parts.get(path, ()):
                relations.append({'spdxElementId': ident(os.path.basename(path)), 'relationshipType': 'CONTAINS',
                                  'relatedSpdxElement': ident(name)})
            if path.endswith('.deb') and re.search(r'(?:^|, )%s(?: |,|$)' % re.escape(name), run('dpkg-deb', '-f', path, 'Depends')):
                relations.append({'spdxElementId': ident(os.path.basename(path)), 'relationshipType': 'DEPENDS_ON',
                                  'relatedSpdxElement': ident(name)})
    created = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(os.environ.get('SOURCE_DATE_EPOCH', '0'))))
    json.dump({'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0', 'SPDXID': 'SPDXRef-DOCUMENT', 'name': 'mishen-' + version,
               'documentNamespace': 'https://spdx.org/spdxdocs/mishen-%s-%s' % (version, digests.hexdigest()[:32]),
               'creationInfo': {'created': created, 'creators': ['Tool: mishen-sbom']},
               'packages': packages, 'relationships': relations}, sys.stdout, ensure_ascii=False, indent=1)
    print()


main()
