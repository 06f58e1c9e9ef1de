using System.Diagnostics;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A file system of a few megabytes, which a test fills to the last byte and makes room on again.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder;

    private SmallDisk(DirectoryInfo folder) => _folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder.FullName;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts one.</summary>
    /// <exception cref="InvalidOperationException">It may not be mounted here.</exception>
    public static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("neurolab-disk-");
        var (code, error) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "neurolab-tests", folder.FullName);
        if (code == 0)
        {
            return new SmallDisk(folder);
        }

        folder.Delete();
        throw new InvalidOperationException($"These tests need a disk that is really full, and mount a small tmpfs for it: run them as root with the right to mount (CAP_SYS_ADMIN). {error}");
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    /// <summary>Unmounts it.</summary>
    public void Dispose()
    {
        // Lazily: a process that is just ending may have a file open.
        Run("umount", "-l", Path);
        _folder.Delete();
    }

    private static (int Code, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Trim());
    }
}
