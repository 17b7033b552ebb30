@echo off
rem Look whether a script can run in WSL here, for the .bat files beside this folder: call wsl.bat [docker]
rem Ends with 0; with 1 and what to do when WSL, a Linux in it, or (where it is asked for) Docker is missing.
rem The caller's variables that a script reads are passed on to WSL, a path in the way in which Linux writes it.
set "WSLENV=TODO_CONTEXT:TODO_KUBECONFIG/p:TODO_REGISTRY:TODO_HOST:TODO_ISSUER"
for %%w in (wsl.exe) do if "%%~$PATH:w"=="" goto no_wsl
wsl.exe --exec bash -c exit >nul 2>&1
if not "%errorlevel%"=="0" goto no_linux
if not "%~1"=="docker" exit /b 0
wsl.exe --exec docker version >nul 2>&1
if not "%errorlevel%"=="0" goto no_docker
exit /b 0

:no_wsl
echo WSL is not installed, and the scripts run in its Linux. 1>&2
echo Next step: run "wsl --install" in a PowerShell as administrator and restart Windows; see docs\INSTALL-WINDOWS.md 1>&2
exit /b 1

:no_linux
echo WSL starts no Linux that has bash: none is installed, or the default one is Docker Desktop's own. 1>&2
echo Next step: "wsl --install -d Ubuntu", then "wsl --set-default Ubuntu"; see docs\INSTALL-WINDOWS.md 1>&2
exit /b 1

:no_docker
echo Docker does not answer in WSL. 1>&2
echo Next step: start Docker Desktop, and switch your Linux on in its Settings, Resources, WSL integration; see docs\INSTALL-WINDOWS.md 1>&2
exit /b 1
