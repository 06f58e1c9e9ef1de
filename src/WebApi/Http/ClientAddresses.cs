using System.Net;
using System.Net.Sockets;

namespace NeuroLab.WebApi.Http;

/// <summary>Where a request came from, as it is counted.</summary>
internal static class ClientAddresses
{
    /// <summary>Bytes of an IPv6 address.</summary>
    public const int AddressBytes = 16;

    private const int NetworkBytes = 8;

    /// <summary>The address of the client as limits count it (<see cref="Counted"/>).</summary>
    public static string ClientAddress(this HttpContext http) => Counted(http.Connection.RemoteIpAddress);

    /// <summary>
    /// An address as limits count it: of IPv6 the first 64 bits, because whoever has one such address has all of its network; an IPv4 address inside IPv6 as
    /// the IPv4 address. The same text for all whose address is not known.
    /// </summary>
    public static string Counted(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return Plain(address);
        }

        Span<byte> bytes = stackalloc byte[AddressBytes];
        WriteNetwork(address, bytes);
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>Of an IPv6 address what is counted: its first 64 bits, and zeros.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">Where to; <see cref="AddressBytes"/>.</param>
    public static void WriteNetwork(IPAddress address, Span<byte> bytes)
    {
        address.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
    }

    /// <summary>The whole address; an IPv4 address inside IPv6 as the IPv4 address.</summary>
    public static string Plain(IPAddress? address) => address is null ? "unknown" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
