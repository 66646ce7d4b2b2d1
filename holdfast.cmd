@echo off
rem Runs Holdfast on Windows. The file holdfast describes the environment variables that it reads.
rem In a clone it builds once; after a change of the sources, delete host\target\quick. In an unpacked
rem release all is built.
setlocal

set "HOME_DIR=%~dp0"
set "HOME_DIR=%HOME_DIR:~0,-1%"

set "JAVA="
if defined JAVA_HOME (
  set "JAVA=%JAVA_HOME%\bin\java.exe"
) else (
  for %%J in (java.exe) do set "JAVA=%%~$PATH:J"
)
if not defined JAVA (
  echo holdfast: found no Java. Install JDK 17 or later and set JAVA_HOME to it, or put its java on the PATH. 1>&2
  exit /b 1
)
if not exist "%JAVA%" (
  echo holdfast: JAVA_HOME is "%JAVA_HOME%", but there is no bin\java.exe in it. Set JAVA_HOME to a JDK 17 or later. 1>&2
  exit /b 1
)

set "VERSION="
for /f "tokens=3" %%V in ('""%JAVA%" -version 2^>^&1 ^| findstr /c:" version ""') do set "VERSION=%%~V"
set "MAJOR=0"
for /f "tokens=1,2 delims=.-+_" %%A in ("%VERSION%") do if "%%A"=="1" (set "MAJOR=%%B") else (set "MAJOR=%%A")
if %MAJOR% LSS 17 (
  echo holdfast: found Java "%VERSION%" in "%JAVA%", but JDK 17 or later is needed. Set JAVA_HOME to one. 1>&2
  exit /b 1
)

set "TARGET=target/quick"
set "HOST=%HOME_DIR%\host\target\quick"
set "BENCH=%HOME_DIR%\benchmarks\target\quick"
if exist "%HOME_DIR%\runtime\holdfast-host.jar" (
  set "TARGET=target"
  set "HOST=%HOME_DIR%\runtime"
  set "BENCH=%HOME_DIR%\runtime"
  goto run
)
if exist "%HOME_DIR%\host\target\quick\holdfast-host.jar" goto run

where mvn >nul 2>nul
if errorlevel 1 (
  echo holdfast: Holdfast must be built first, and found no mvn on the PATH. Install Maven 3.8 or later. 1>&2
  exit /b 1
)
echo Building Holdfast (first run, about a minute) ... 1>&2
if not exist "%HOME_DIR%\target" mkdir "%HOME_DIR%\target"
pushd "%HOME_DIR%"
call mvn -B -q -DskipTests -DskipChecks package >target\build.log 2>&1
set "BUILT=%ERRORLEVEL%"
popd
if not "%BUILT%"=="0" (
  type "%HOME_DIR%\target\build.log" 1>&2
  echo holdfast: the build failed; the lines above are from "%HOME_DIR%\target\build.log" 1>&2
  exit /b 1
)

:run
set "CLASSES=%HOST%\holdfast-host.jar"
set "WITHBENCH="
for %%A in (bench bench-engine help -h --help) do if "%~1"=="%%A" set "WITHBENCH=1"
if "%~1"=="" set "WITHBENCH=1"
if defined WITHBENCH set "CLASSES=%CLASSES%;%BENCH%\holdfast-benchmarks.jar;%BENCH%\lib\*"
rem The JVM refuses two garbage collectors, so the default is left out when the user has chosen one.
rem A command that ends soon starts faster with the simpler collector and compiler.
set "COLLECTOR=-XX:+UseSerialGC"
set "COMPILER=-XX:TieredStopAtLevel=1"
for %%A in (start bench bench-engine) do if "%~1"=="%%A" (
  set "COLLECTOR=-XX:+UseParallelGC"
  set "COMPILER=-XX:+TieredCompilation"
)
echo %JAVA_OPTS% %HOLDFAST_OPTS% | findstr /r /c:"-XX:+Use[A-Za-z]*GC" >nul && set "COLLECTOR="
"%JAVA%" %COLLECTOR% %COMPILER% --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED -Dfile.encoding=UTF-8 "-Dholdfast.home=%HOME_DIR%" "-Dholdfast.target=%TARGET%" %JAVA_OPTS% %HOLDFAST_OPTS% -cp "%CLASSES%" dev.holdfast.host.Main %*
exit /b %ERRORLEVEL%
