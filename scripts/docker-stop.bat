@echo off
rem Remove the deployment and keep its data, through WSL: scripts\docker-stop.bat [what scripts/docker-stop.sh takes]
setlocal
call "%~dp0lib\wsl.bat" docker
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/docker-stop.sh %*
exit /b %errorlevel%
