@echo off
rem Build what has changed, deploy it on Kubernetes and verify it, through WSL: scripts\k8s-deploy.bat [what scripts/k8s-deploy.sh takes]
setlocal
call "%~dp0lib\wsl.bat" docker
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/k8s-deploy.sh %*
exit /b %errorlevel%
