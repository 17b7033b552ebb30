@echo off
rem Say how the deployment on Kubernetes is, and walk a user's way through it, through WSL: scripts\k8s-status.bat [what scripts/k8s-status.sh takes]
setlocal
call "%~dp0lib\wsl.bat"
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/k8s-status.sh %*
exit /b %errorlevel%
