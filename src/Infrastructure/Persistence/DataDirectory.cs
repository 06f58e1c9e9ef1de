using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>The folder of the embedded database and of the signing key: <c>DATA_DIR</c>, <c>./data</c> where it is not set. Made when first asked for.</summary>
internal sealed class DataDirectory(IConfiguration configuration)
{
    /// <summary>The folder of the SQLite file <c>neurolab.db</c> and of the signing key; readable by the service's account alone.</summary>
    [Setting(SettingGroup.Service, Default = Default)]
    public const string Name = "DATA_DIR";

    private const string Default = "./data";

    private readonly Lazy<string> _path = new(() => Make(configuration[Name]));

    /// <summary>Its full path; it exists.</summary>
    /// <exception cref="InvalidOperationException">It cannot be made.</exception>
    public string FullPath => _path.Value;

    private static string Make(string? configured)
    {
        var path = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? Default : configured);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                // The signing key lies in it: nobody else's business.
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{Name} names the folder {path}, which cannot be made; it must be a folder that the service's account can make or write, such as /var/lib/neurolab.", e);
        }

        return path;
    }
}
